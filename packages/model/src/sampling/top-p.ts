/**
 * Nucleus filter without sorting the vocabulary.
 *
 * Hugging Face sorts ascending and drops ids while the running mass is <= 1 - p. Seen from the top: an id
 * stays as long as the mass above it is < p. So only the place of the cut is needed: histogram the mass by
 * score, find the bucket in which the running mass reaches p, and sort that bucket alone. One exponential
 * per candidate is what remains; at 125,696 candidates a full sort costs several times that.
 */
import type { Candidates } from "./candidates.ts";
import type { ScoreFilter } from "./filter.ts";

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
export function topP(p: number): ScoreFilter {
  const masses = new Float64Array(BUCKETS);
  return (scores, { candidates }) => {
    const { highest, lowest } = candidates.range(scores);
    const span = Math.min(highest - lowest, MAX_SPAN);
    const histogram = { highest, bucketsPerUnit: span > 0 ? BUCKETS / span : 0, masses };
    const target = p * fill(histogram, scores, candidates);
    const { bucket, massAbove } = findCrossing(masses, target);
    const crossing = scoresInBucket(histogram, bucket, scores, candidates);
    const { cut, ties } = cutWithin(crossing, highest, massAbove, target);
    candidates.retainFrom(scores, cut, ties);
  };
}

interface Histogram {
  readonly highest: number;
  readonly bucketsPerUnit: number;
  /** Unnormalised mass by bucket; bucket 0 holds the highest scores. */
  readonly masses: Float64Array;
}

function bucketOf(histogram: Histogram, score: number): number {
  const bucket = Math.floor((histogram.highest - score) * histogram.bucketsPerUnit);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/** @returns the total mass. */
function fill(histogram: Histogram, scores: Float32Array, candidates: Candidates): number {
  const { highest, masses } = histogram;
  masses.fill(0);
  let total = 0;
  for (let index = 0; index < candidates.count; index++) {
    const score = scores[candidates.ids[index] as number] as number;
    const mass = Math.exp(score - highest);
    const bucket = bucketOf(histogram, score);
    masses[bucket] = (masses[bucket] as number) + mass;
    total += mass;
  }
  return total;
}

function findCrossing(masses: Float64Array, target: number): { bucket: number; massAbove: number } {
  let massAbove = 0;
  let last = 0;
  let lastAbove = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const mass = masses[bucket] as number;
    if (mass === 0) continue;
    last = bucket;
    lastAbove = massAbove;
    massAbove += mass;
    if (massAbove >= target) break;
  }
  return { bucket: last, massAbove: lastAbove };
}

function scoresInBucket(
  histogram: Histogram,
  bucket: number,
  scores: Float32Array,
  candidates: Candidates,
): Float32Array {
  const found: number[] = [];
  for (let index = 0; index < candidates.count; index++) {
    const score = scores[candidates.ids[index] as number] as number;
    if (bucketOf(histogram, score) === bucket) found.push(score);
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
