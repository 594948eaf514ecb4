import { writeWeights } from "@baichuan2/model";
import { declare, tensorChunks, type NamedValues, type SavedDtype } from "./weight-tensors.ts";

/** How trained weights are written. */
export interface WriteTrainedOptions {
  readonly dtype: SavedDtype;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes weights that are in memory, as transformers does.
 *
 * @throws {CheckpointError} if a file cannot be written.
 */
export async function writeTrained(
  directory: string,
  tensors: readonly NamedValues[],
  { dtype, signal }: WriteTrainedOptions,
): Promise<void> {
  const weights = tensors.map((tensor) => {
    return { ...declare(tensor, dtype), chunks: tensorChunks(tensor.values, dtype) };
  });
  await writeWeights(directory, weights, { signal });
}
