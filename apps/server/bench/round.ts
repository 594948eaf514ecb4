/** What a round of requests came to. */
export interface RoundResult {
  readonly requests: number;
  readonly errors: number;
  readonly tokens: number;
  readonly seconds: number;
  /** Milliseconds from each request to its first token, and from each token to the next. */
  readonly firstMs: readonly number[];
  readonly gapsMs: readonly number[];
}

/** How a round is run. */
export interface RoundPlan {
  readonly clients: number;
  readonly seconds: number;
  /** Number of its first question. */
  readonly from: number;
}

/** Takes down when the pieces of one request came. */
export interface Watch {
  /** A piece of the text has come. */
  readonly piece: () => void;
}

/**
 * Lets clients ask one question after another until the time is over, and waits for the last answers.
 *
 * @param ask - Asks a question; resolves to the tokens of the answer.
 */
export async function runRound(
  { clients, seconds, from }: RoundPlan,
  ask: (index: number, watch: Watch) => Promise<number>,
): Promise<RoundResult> {
  const [firstMs, gapsMs]: [number[], number[]] = [[], []];
  const begun = performance.now();
  let [next, requests, errors, tokens] = [from, 0, 0, 0];
  const client = async (): Promise<void> => {
    while (performance.now() - begun < 1000 * seconds) {
      try {
        const length = await ask(next++, watch(firstMs, gapsMs));
        tokens += length;
        requests += 1;
      } catch (error) {
        errors += 1;
        process.stderr.write(`${String(error)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - begun) / 1000;
  return { requests, errors, tokens, seconds: took, firstMs, gapsMs };
}

function watch(firstMs: number[], gapsMs: number[]): Watch {
  let last = performance.now();
  let isFirst = true;
  return {
    piece: () => {
      const now = performance.now();
      (isFirst ? firstMs : gapsMs).push(now - last);
      isFirst = false;
      last = now;
    },
  };
}
