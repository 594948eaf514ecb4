/** One of the things a bench compares. */
export interface Contender {
  readonly name: string;
  run(): void | Promise<void>;
}

/** Times of one contender, in seconds. */
export interface Timing {
  readonly name: string;
  readonly medianSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Times contenders in turns (A B A B …), so that a noisy neighbour hits all of them alike.
 *
 * @param contenders - What to time; each runs once unmeasured first.
 * @param rounds - Measured rounds.
 * @returns one timing per contender, in the order given.
 */
export async function interleave(contenders: readonly Contender[], rounds = 5): Promise<Timing[]> {
  for (const contender of contenders) await contender.run();
  const seconds = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const start = performance.now();
      await contender.run();
      seconds[index]?.push((performance.now() - start) / 1e3);
    }
  }
  return contenders.map(({ name }, index) => {
    const sorted = (seconds[index] ?? []).toSorted((a, b) => a - b);
    return {
      name,
      medianSeconds: sorted[Math.floor(sorted.length / 2)] ?? NaN,
      minSeconds: sorted[0] ?? NaN,
      maxSeconds: sorted.at(-1) ?? NaN,
    };
  });
}
