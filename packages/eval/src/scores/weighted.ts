import type { Grade } from "../benchmark.ts";

/** A score, and what it counts in a mean. */
export interface Weighted {
  /** 0 to 1. */
  readonly value: number;
  readonly weight: number;
}

/** Scores of grades. */
export function weightedOf(grades: readonly Grade[]): Weighted[] {
  return grades.map(({ score, weight = 1 }) => ({ value: score ?? 0, weight }));
}

/** `Σ w v / Σ w`; NaN of none. */
export function weightedMean(items: readonly Weighted[]): number {
  const sum = items.reduce((total, { value, weight }) => total + value * weight, 0);
  return sum / totalWeight(items);
}

/** `Σ w` */
export function totalWeight(items: readonly Weighted[]): number {
  return items.reduce((total, { weight }) => total + weight, 0);
}
