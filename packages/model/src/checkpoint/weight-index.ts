import { z } from "zod";
import { CheckpointError } from "./checkpoint-error.ts";
import { duplicateKey } from "./duplicate-key.ts";

/** Shards of the largest model anyone would cut into pieces of 100 MB. */
const MAX_SHARDS = 1_000;

const schema = z.object({ weight_map: z.record(z.string().min(1), z.string().min(1)) });

/** Which file holds which key of a sharded checkpoint. */
export interface WeightIndex {
  /** File name by key. */
  readonly weightMap: ReadonlyMap<string, string>;
  /** Names of the shards, sorted. */
  readonly shards: readonly string[];
}

/**
 * Reads a `*.index.json`.
 *
 * @param where - Path of the index, for errors.
 * @throws {CheckpointError} if it is not one, or names a file outside its directory.
 */
export function readWeightIndex(text: string, where: string): WeightIndex {
  const { weight_map: weightMap } = parseIndex(text, where);
  const shards = [...new Set(Object.values(weightMap))].sort();
  if (shards.length === 0) throw new CheckpointError(where, "the weight_map is empty");
  if (shards.length > MAX_SHARDS)
    throw new CheckpointError(where, `expected at most ${MAX_SHARDS} shards, got ${shards.length}`);
  const outside = shards.filter((name) => /[/\\]|^\.\.?$|^[a-z]:/i.test(name));
  if (outside.length > 0)
    throw new CheckpointError(
      where,
      outside.map((name) => `expected the name of a file beside the index, got "${name}"`),
    );
  return { weightMap: new Map(Object.entries(weightMap)), shards };
}

function parseIndex(text: string, where: string): z.infer<typeof schema> {
  try {
    const parsed = schema.parse(JSON.parse(text));
    const twice = duplicateKey(text);
    if (twice === undefined) return parsed;
    throw new CheckpointError(where, `"${twice}" stands twice in the index`);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(
      where,
      'expected JSON with a "weight_map" of file names, got something else',
      { cause },
    );
  }
}

/**
 * The content of a `model.safetensors.index.json`: which shard holds which tensor.
 *
 * @param shards - Names of the tensors by file name, and the bytes of the tensors of all shards together (headers apart).
 * @returns JSON as transformers writes it: keys sorted, two spaces of indentation.
 */
export function writeWeightIndex(
  shards: ReadonlyMap<string, readonly string[]>,
  totalSizeBytes: number,
): string {
  const pairs = [...shards].flatMap(([file, names]) => names.map((name) => [name, file] as const));
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  const index = { metadata: { total_size: totalSizeBytes }, weight_map: Object.fromEntries(pairs) };
  return `${JSON.stringify(index, undefined, 2)}\n`;
}
