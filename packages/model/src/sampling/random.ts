import { philox4x32 } from "./philox.ts";

/** Largest seed; seeds are unsigned 32-bit integers. */
export const MAX_SEED = 0xffff_ffff;

/**
 * A uniform number that depends on nothing but its arguments: the same on every machine, in any order.
 *
 * @param seed - Unsigned 32-bit.
 * @param stream - Unsigned 32-bit; streams of one seed are independent, so that each choice of a prompt has its own.
 * @param counter - Place in the stream, 0 <= counter < 2^53.
 * @returns 0 <= u < 1, 53 random bits.
 */
export function uniform(seed: number, stream: number, counter: number): number {
  const [high, low] = philox4x32(
    [counter >>> 0, Math.floor(counter / 2 ** 32), 0, 0],
    [seed, stream],
  );
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

/** A repeatable stream of uniform numbers. */
export interface Random {
  /** How many numbers were taken: the place of the next one. */
  readonly position: number;
  /** The next number, 0 <= u < 1, 53 random bits. */
  next(): number;
}

/** Takes the numbers of `uniform` one after another, from `position` on. */
export function createRandom(seed: number, stream = 0, position = 0): Random {
  let counter = position;
  return {
    get position() {
      return counter;
    },
    next: () => uniform(seed, stream, counter++),
  };
}

/** A seed nobody chose. */
export function randomSeed(): number {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  return seed as number;
}
