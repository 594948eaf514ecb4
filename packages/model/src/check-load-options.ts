import { UnsupportedError } from "@baichuan2/kernels";
import { adapterSources } from "./adapter/adapter-options.ts";
import type { LoadModelOptions } from "./load-model.ts";

const DTYPES: readonly string[] = ["auto", "float32", "nf4", "int8", "int4"];

/** Options that are counts, with the least that makes sense. */
const COUNTS = {
  threads: 1,
  maxSequences: 1,
  maxWaiting: 0,
  maxSlots: 1,
  prefixCacheSlots: 0,
  interleaveRows: 1,
} as const satisfies Partial<Record<keyof LoadModelOptions, number>>;

/**
 * Checks what can be told of a load's options without reading anything.
 *
 * @throws {AdapterError} if two adapters have one name.
 * @throws {UnsupportedError} for a dtype, device or count that is not there, or an option that would have no effect.
 */
export function checkLoadOptions(options: LoadModelOptions): void {
  const { dtype = "auto", device = "auto", blockSize } = options;
  checkCounts(options);
  adapterSources(options);
  if (!DTYPES.includes(dtype)) refuse(`dtype "${dtype}"`, `use ${DTYPES.join(", ")}`);
  if (!["auto", "cpu"].includes(device)) refuse(`device "${device}"`, 'use "cpu" or "auto"');
  if (blockSize === undefined) return;
  if (![32, 64, 128].includes(blockSize)) refuse(`blockSize ${blockSize}`, "use 32, 64 or 128");
  if (dtype !== "int4") refuse(`blockSize with dtype "${dtype}"`, "only int4 has a choice");
}

function checkCounts(options: LoadModelOptions): void {
  for (const [name, least] of Object.entries(COUNTS)) {
    const value = options[name as keyof typeof COUNTS] ?? least;
    if (!Number.isInteger(value) || value < least)
      refuse(`${name} ${value}`, `give an integer of at least ${least}`);
  }
}

function refuse(what: string, hint: string): never {
  throw new UnsupportedError("loadModel", what, hint);
}
