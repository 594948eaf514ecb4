import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";

/** Largest seed; seeds are unsigned 32-bit integers. */
export const MAX_SEED = 0xffff_ffff;

/** A repeatable stream of uniform numbers. */
export interface Random {
  /** The next number, 0 <= u < 1, 53 random bits. */
  next(): number;
}

/**
 * Mersenne Twister: the same seed gives the same numbers on every machine.
 *
 * Not the library's xoroshiro128plus: it takes its state from the seed unmixed, so the first draw of any
 * small seed is the same to three digits.
 */
export function createRandom(seed: number): Random {
  const generator = mersenne(seed);
  return { next: () => uniformFloat64(generator) };
}

/** A seed nobody chose. */
export function randomSeed(): number {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  return seed as number;
}
