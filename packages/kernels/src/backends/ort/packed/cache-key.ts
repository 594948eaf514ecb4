import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { arch, cpus } from "node:os";
import type { Weight } from "../../../graph/graph.ts";

/**
 * To be raised whenever the bytes in an entry change for the same model: another layout of weights, other stand-ins,
 * another conversion of a format.
 */
const FORMAT_VERSION = 2;

/** What decides the bytes of packed weights. */
export interface PackedContent {
  /** ONNX model with names, types and shapes of the initializers, and no places. */
  readonly model: Uint8Array;
  /** Weights with their formats: two formats may look the same in the model (NF4 runs as int8 blocks). */
  readonly weights: readonly Weight[];
  /** See `WeightReader.identity`. */
  readonly identity: string;
  /** Of onnxruntime: kernels change their layouts. */
  readonly runtimeVersion: string;
}

/** Name of the entry for a content on this processor: kernels pack for the instructions that it has. */
export async function cacheKey(content: PackedContent): Promise<string> {
  const { model, weights, identity, runtimeVersion } = content;
  const formats = weights.map(({ name, shape, format }) => ({ name, shape, format }));
  const machine = { runtimeVersion, processor: await processor() };
  const facts = { FORMAT_VERSION, machine, identity, formats };
  const hash = createHash("sha256").update(JSON.stringify(facts));
  return hash.update(model).digest("hex");
}

/** What tells processors with other instructions apart. */
async function processor(): Promise<string> {
  const info = await readFile("/proc/cpuinfo", "utf8").catch(() => ""); // Linux only
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(info)?.[1];
  return `${arch()} ${flags ?? cpus()[0]?.model ?? ""}`;
}
