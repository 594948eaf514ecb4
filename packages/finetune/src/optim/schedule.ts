/** Learning rate schedules, named as transformers names them. */
export const SCHEDULES = ["constant", "constant_with_warmup", "linear", "cosine"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

/** What a schedule depends on. */
export interface Schedule {
  readonly name: ScheduleName;
  /** Steps in which the rate rises from 0; not for `constant`. */
  readonly warmupSteps: number;
  /** All optimizer steps of the run. */
  readonly totalSteps: number;
}

/**
 * Factor of the learning rate in an optimizer step.
 *
 * @param step - From 0.
 */
export function learningRateFactor(
  { name, warmupSteps, totalSteps }: Schedule,
  step: number,
): number {
  if (name === "constant") return 1;
  if (step < warmupSteps) return step / Math.max(1, warmupSteps);
  if (name === "constant_with_warmup") return 1;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  if (name === "linear") return Math.max(0, 1 - progress);
  return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}
