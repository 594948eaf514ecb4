/**
 * Nucleus filter without sorting the vocabulary.
 *
 * Hugging Face sorts ascending and drops ids while the running mass is <= 1 - p. Seen from the top: an id
 * stays as long as the mass above it is < p. So only the place of the cut is needed: histogram the mass by
 * score, find the bucket in which the running mass reaches p, and sort that bucket alone. One exponential
 * per candidate is what remains; at 125,696 candidates a full sort costs several times that.
 */
import type { Candidates } from "./candidates.ts";
import type { Warper } from "./filter.ts";

/** Enough that the crossing bucket of a flat 125,696-id distribution holds a few hundred ids. */
const BUCKETS = 1024;

/** Scores further below the highest share the last bucket: e^-64 of the highest, they never decide a cut. */
const MAX_SPAN = 64;

/**
 * Keeps the smallest set of highest scores whose probability mass reaches `p`; at least one id stays.
 *
 * Among equal scores at the cut the lowest ids stay (PyTorch's sort leaves that order open).
 *
 * @param p - 0 < p < 1; masses are those of the candidates left by the filters before.
 * @see Holtzman et al. 2019, https://arxiv.org/abs/1904.09751
 */
export function topP(p: number): Warper {
  const masses = new Float64Array(BUCKETS);
  return (candidates) => {
    const { highest, lowest } = candidates.range();
    const span = Math.min(highest - lowest, MAX_SPAN);
    const histogram = { highest, bucketsPerUnit: span > 0 ? BUCKETS / span : 0, masses };
    const target = p * fill(histogram, candidates);
    const { bucket, massAbove } = findCrossing(masses, target);
    const crossing = scoresInBucket(histogram, bucket, candidates);
    const { cut, ties } = cutWithin(crossing, highest, massAbove, target);
    candidates.retainFrom(cut, ties);
  };
}

interface Histogram {
  readonly highest: number;
  readonly bucketsPerUnit: number;
  /** Unnormalised mass by bucket; bucket 0 holds the highest scores. */
  readonly masses: Float64Array;
}

/** @param below - Distance from the highest score; may be Infinity. */
function bucketOf(below: number, bucketsPerUnit: number): number {
  const bucket = below * bucketsPerUnit;
  return bucket < BUCKETS ? bucket | 0 : BUCKETS - 1;
}

/** @returns the total mass. */
function fill({ highest, bucketsPerUnit, masses }: Histogram, candidates: Candidates): number {
  const { scores, count } = candidates;
  masses.fill(0);
  let total = 0;
  for (let place = 0; place < count; place++) {
    const below = highest - (scores[place] as number);
    const mass = Math.exp(-below);
    const bucket = bucketOf(below, bucketsPerUnit);
    masses[bucket] = (masses[bucket] as number) + mass;
    total += mass;
  }
  return total;
}

/** @returns the bucket in which the running mass from the top reaches `target`, and the mass above it. */
function findCrossing(masses: Float64Array, target: number): { bucket: number; massAbove: number } {
  let crossing = { bucket: 0, massAbove: 0 };
  let running = 0;
  for (const [bucket, mass] of masses.entries()) {
    if (running >= target) break;
    if (mass > 0) crossing = { bucket, massAbove: running };
    running += mass;
  }
  return crossing;
}

/** @returns the scores of one bucket, ascending. */
function scoresInBucket(
  { highest, bucketsPerUnit }: Histogram,
  bucket: number,
  { scores, count }: Candidates,
): Float32Array {
  const found: number[] = [];
  for (let place = 0; place < count; place++) {
    const score = scores[place] as number;
    if (bucketOf(highest - score, bucketsPerUnit) === bucket) found.push(score);
  }
  return Float32Array.from(found).sort();
}

/**
 * @param crossing - The bucket's scores, ascending; not empty.
 * @returns the lowest score that stays, and how many of the ids that have it stay.
 */
function cutWithin(
  crossing: Float32Array,
  highest: number,
  massAbove: number,
  target: number,
): { cut: number; ties: number } {
  let cut = NaN;
  let ties = 0;
  for (let index = crossing.length - 1; index >= 0; index--) {
    if (massAbove >= target) break;
    const score = crossing[index] as number;
    ties = score === cut ? ties + 1 : 1;
    cut = score;
    massAbove += Math.exp(score - highest);
  }
  return { cut, ties };
}
