import type { CheckpointHeads } from "./inspection.ts";
import { inspectLinears } from "./inspect-linears.ts";
import type { QuantFormat, QuantLayout } from "./stored-linear.ts";

/** How a checkpoint is quantized. */
export interface Quantization {
  readonly format: QuantFormat;
  readonly layout: QuantLayout;
  /** Keys of linears that stay float, as config.json lists them. */
  readonly floatLinears: readonly string[];
}

/**
 * How the linears of a checkpoint are quantized, as the heads of its files tell; damage is left to `checkWeights`.
 *
 * The tensors decide: published checkpoints have a `quantization_config` beside float weights, and none beside quantized
 * ones.
 *
 * @returns undefined if all are float.
 */
export function quantizationOf(checkpoint: CheckpointHeads): Quantization | undefined {
  const { linears, first } = inspectLinears(checkpoint);
  if (first === undefined) return undefined;
  const floatLinears = [...linears.values()].filter(
    ({ keys, name }) => keys.length === 0 && checkpoint.tensors.has(name),
  );
  return {
    format: first.format,
    layout: first.layout,
    floatLinears: floatLinears.map(({ name }) => name),
  };
}
