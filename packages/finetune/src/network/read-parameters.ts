import type { Checkpoint } from "@baichuan2/model";

/**
 * Float tensors of a checkpoint as float32.
 *
 * @param names - Which; default all.
 * @throws {CheckpointError} for a tensor that is not there or holds no floats.
 */
export async function readParameters(
  checkpoint: Checkpoint,
  {
    names = [...checkpoint.tensors.keys()],
    signal,
  }: { readonly names?: readonly string[]; readonly signal?: AbortSignal | undefined } = {},
): Promise<Map<string, Float32Array>> {
  const parameters = new Map<string, Float32Array>();
  for (const name of names) parameters.set(name, await checkpoint.readFloat32(name, { signal }));
  return parameters;
}
