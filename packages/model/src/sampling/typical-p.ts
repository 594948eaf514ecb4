/**
 * Locally typical filter without sorting the vocabulary.
 *
 * An id's surprise is -ln of its probability; the entropy is the mean surprise. Ids stay in the order of how
 * far their surprise lies from the entropy, until their mass reaches p. As in top-p only the place of the cut
 * is needed: histogram the mass by distance, find the bucket in which it reaches p, and sort that one alone.
 */
import type { Candidates } from "./candidates.ts";
import type { Warper } from "./filter.ts";
import { softmaxWeights } from "./softmax.ts";

const BUCKETS = 1024;

/** So surprising an id is rare (e^-16 of the mass): the few that decide anything share the last bucket. */
const MAX_DISTANCE = 16;

/**
 * Keeps the ids whose surprise is nearest the entropy, as many as have the probability mass `p`, and every
 * id as near as the last of them; at least one id stays. The most likely id may go.
 *
 * @param p - 0 < p < 1; masses are those of the candidates left by the filters before.
 * @see Meister et al. 2022, https://arxiv.org/abs/2202.00666
 */
export function typicalP(p: number): Warper {
  const masses = new Float64Array(BUCKETS);
  let weights = new Float64Array(0);
  let distances = new Float64Array(0);
  return (candidates) => {
    const { count } = candidates;
    if (weights.length < count) {
      weights = new Float64Array(count);
      distances = new Float64Array(count);
    }
    const sum = softmaxWeights(candidates, weights);
    const spread = { count, masses, weights, distances };
    measureDistances(candidates, spread, sum);
    candidates.retainNearest(distances, findCut(spread, p * sum));
  };
}

/** Scratch of one step; arrays in the order of the candidates. */
interface Spread {
  readonly count: number;
  /** Unnormalised mass by bucket; bucket 0 holds the nearest. */
  readonly masses: Float64Array;
  /** Unnormalised probabilities. */
  readonly weights: Float64Array;
  /** |surprise - entropy|; Infinity for a forbidden id. */
  readonly distances: Float64Array;
}

function measureDistances(candidates: Candidates, spread: Spread, sum: number): void {
  const { scores } = candidates;
  const { count, weights, distances } = spread;
  const { highest } = candidates.range();
  const logSum = Math.log(sum);
  let entropy = 0;
  for (let place = 0; place < count; place++) {
    const weight = weights[place] as number;
    const surprise = highest - (scores[place] as number) + logSum;
    distances[place] = surprise;
    // an id of weight 0 may have a surprise of Infinity
    if (weight > 0) entropy += (weight / sum) * surprise;
  }
  for (let place = 0; place < count; place++) {
    distances[place] = Math.abs((distances[place] as number) - entropy);
  }
}

function bucketOf(distance: number): number {
  const bucket = distance * (BUCKETS / MAX_DISTANCE);
  return bucket < BUCKETS ? bucket | 0 : BUCKETS - 1;
}

/** @returns the distance of the id, counted from the nearest on, with which the mass reaches `target`. */
function findCut(spread: Spread, target: number): number {
  const { count, masses, weights, distances } = spread;
  masses.fill(0);
  for (let place = 0; place < count; place++) {
    const bucket = bucketOf(distances[place] as number);
    masses[bucket] = (masses[bucket] as number) + (weights[place] as number);
  }
  let crossing = 0;
  let nearer = 0;
  for (; crossing < BUCKETS - 1; crossing++) {
    const withBucket = nearer + (masses[crossing] as number);
    if (withBucket >= target) break;
    nearer = withBucket;
  }
  let cut = Infinity;
  for (const place of nearestFirst(spread, crossing)) {
    cut = distances[place] as number;
    nearer += weights[place] as number;
    if (nearer >= target) break;
  }
  return cut;
}

/** @returns the places of one bucket, nearest first. */
function nearestFirst({ count, distances }: Spread, bucket: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < count; place++) {
    if (bucketOf(distances[place] as number) === bucket) places.push(place);
  }
  return places.sort((a, b) => (distances[a] as number) - (distances[b] as number));
}
