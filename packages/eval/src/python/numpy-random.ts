/**
 * numpy's `default_rng(seed)`: a PCG64 generator whose state a `SeedSequence` makes of the seed.
 *
 * @see O'Neill 2014, PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number Generation
 * @see numpy/random/bit_generator.pyx `SeedSequence`, numpy/random/src/pcg64/pcg64.h, src/distributions/distributions.c at v2.4.0
 */
export class NumpyRandom {
  #state = 0n;
  readonly #increment: bigint;
  /** Upper half of the last output, which is drawn next. */
  #upper: number | undefined;

  /** @param seed - An integer from 0 to 2³² - 1. */
  constructor(seed: number) {
    const [stateHigh, stateLow, sequenceHigh, sequenceLow] = seedWords(seed);
    const sequence = (sequenceHigh << 64n) | sequenceLow;
    this.#increment = uint128((sequence << 1n) | 1n);
    this.#step();
    this.#state = uint128(this.#state + ((stateHigh << 64n) | stateLow));
    this.#step();
  }

  /**
   * An integer from 0 to `count` - 1, all equally likely: `integers(count)`, and what `choice(count)` draws.
   *
   * @param count - At most 2²¹: products stay exact.
   * @see Lemire 2019, Fast Random Integer Generation in an Interval
   */
  below(count: number): number {
    if (count === 1) return 0;
    const threshold = (2 ** 32 - count) % count;
    for (;;) {
      const product = this.#uint32() * count;
      if (product % 2 ** 32 >= threshold) return Math.floor(product / 2 ** 32);
    }
  }

  /** Lower half of an output first, then its upper half. */
  #uint32(): number {
    const kept = this.#upper;
    if (kept !== undefined) {
      this.#upper = undefined;
      return kept;
    }
    this.#step();
    const folded = BigInt.asUintN(64, (this.#state >> 64n) ^ this.#state);
    const rotation = this.#state >> 122n;
    const output = BigInt.asUintN(64, (folded >> rotation) | (folded << (64n - rotation)));
    this.#upper = Number(output >> 32n);
    return Number(output & 0xffff_ffffn);
  }

  #step(): void {
    this.#state = uint128(this.#state * MULTIPLIER + this.#increment);
  }
}

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

function uint128(value: bigint): bigint {
  return BigInt.asUintN(128, value);
}

const POOL_WORDS = 4;

/** `SeedSequence(seed).generate_state(4, uint64)` */
function seedWords(seed: number): [bigint, bigint, bigint, bigint] {
  const pool = seedPool(seed);
  const hash = hasher(0x8b51f9dd, 0x58f38ded);
  const word = (index: number): bigint => BigInt(hash(pool[index % POOL_WORDS] ?? 0));
  const words = Array.from({ length: 8 }, (_, index) => word(index));
  const pair = (index: number): bigint => ((words[index + 1] ?? 0n) << 32n) | (words[index] ?? 0n);
  return [pair(0), pair(2), pair(4), pair(6)];
}

function seedPool(seed: number): number[] {
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = Array.from({ length: POOL_WORDS }, (_, index) => hash(index === 0 ? seed : 0));
  for (let from = 0; from < POOL_WORDS; from++)
    for (let to = 0; to < POOL_WORDS; to++)
      if (from !== to) pool[to] = mix(pool[to] ?? 0, hash(pool[from] ?? 0));
  return pool;
}

/** Each call hashes with the next constant. */
function hasher(start: number, multiplier: number): (value: number) => number {
  let constant = start;
  return (value) => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, multiplier);
    return foldUpper(Math.imul(mixed, constant));
  };
}

function mix(x: number, y: number): number {
  return foldUpper(Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y));
}

/** Unsigned 32 bits, the upper ones also in the lower ones. */
function foldUpper(value: number): number {
  return (value ^ (value >>> 16)) >>> 0;
}
