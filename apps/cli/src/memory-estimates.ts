import {
  CheckpointError,
  estimate,
  type MemoryEstimate,
  type ModelConfig,
  type Quantization,
  type WeightDtype,
} from "@baichuan2/model";

/** Number types that the linears can have in memory. */
export const weightDtypes = ["float32", "int8", "nf4", "int4"] as const satisfies WeightDtype[];

/**
 * What a model takes in each number type that it can be loaded as.
 *
 * @param stored - Format of the files, where they are quantized: such weights load as they are, or as float32.
 */
export function estimatesOf(
  config: ModelConfig,
  stored: Quantization["format"] | undefined,
): MemoryEstimate[] {
  const own = stored === "fp4" ? "nf4" : stored;
  return weightDtypes
    .filter((dtype) => own === undefined || dtype === "float32" || dtype === own)
    .flatMap((dtype) => {
      try {
        return [estimate({ variant: config, dtype })];
      } catch (error) {
        if (error instanceof CheckpointError) return []; // its blocks do not fit the rows
        throw error;
      }
    });
}
