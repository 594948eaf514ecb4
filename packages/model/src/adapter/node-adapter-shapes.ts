import { basename } from "node:path";
import type { ReadOptions } from "../checkpoint/byte-source.ts";
import { openFileSource } from "../checkpoint/node-file-source.ts";
import { readWeightsFile } from "../checkpoint/weights-file.ts";
import { pairMatrices } from "./adapter.ts";
import type { AdapterShapes } from "./check-adapter.ts";
import { openAdapterConfig } from "./node-open-adapter.ts";

/**
 * Shapes of an adapter, from its config and the head of its file: enough to tell whether it fits, and how much memory it takes.
 *
 * @throws {CheckpointError | UnsupportedError} as `openAdapter`.
 */
export async function readAdapterShapes(
  directory: string,
  options: ReadOptions = {},
): Promise<AdapterShapes> {
  const { config, weights } = await openAdapterConfig(directory);
  const source = await openFileSource(weights, options);
  try {
    const { contents } = await readWeightsFile(source, basename(weights), options);
    const infos = new Map([...contents.tensors].map(([name, { info }]) => [name, info]));
    return { path: directory, linears: pairMatrices(directory, config, infos) };
  } finally {
    await source.close();
  }
}
