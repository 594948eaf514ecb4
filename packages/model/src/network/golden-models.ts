import { createReferenceBackend, type Backend } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { sharedData } from "@baichuan2/tooling/golden";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { Decoder } from "./decoder.ts";

/** Backends that golden tests run on. */
export const backends: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  reference: createReferenceBackend,
  "ort-node": () => createOrtNodeBackend(),
};

/** Opens a checkpoint of the golden data as a decoder. */
export async function openGoldenDecoder(
  folder: string,
  backend: Backend,
  options: { trace?: boolean; adapters?: boolean } = {},
): Promise<Decoder> {
  await using checkpoint = await openCheckpoint(sharedData(`model/models/${folder}`));
  return await Decoder.create(checkpoint.config, backend, checkpointWeights(checkpoint), options);
}
