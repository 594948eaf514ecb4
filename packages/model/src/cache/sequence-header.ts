import { z } from "zod";
import type { SlotShape } from "./kv-rows.ts";
import { SequenceFileError } from "./sequence-file-error.ts";
import type { SequenceAdapter } from "./sequence.ts";

/**
 * How a file of a saved sequence begins; all numbers are little-endian:
 *
 *   "BC2SEQ" | version u16 | length of the header u32 | header, JSON | rows | SHA-256 of all before
 */
const MAGIC = "BC2SEQ";
const VERSION = 1;

/** Bytes before the header. */
export const PREAMBLE_BYTES = 12;

/** A header holds the ids: two million of them. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;

const headerSchema = z.strictObject({
  tokenIds: z.array(z.int().min(0)).min(1),
  /** See `SequenceState.chunkedTokens`. */
  chunkedTokens: z.int().min(0),
  numHiddenLayers: z.int().min(1),
  numAttentionHeads: z.int().min(1),
  headDim: z.int().min(1),
  dtype: z.literal("float32"),
  /** Names the weights that the rows were computed with. */
  fingerprint: z.string(),
  /** The adapter that they were computed with, if there was one. */
  adapter: z.strictObject({ name: z.string(), fingerprint: z.string() }).optional(),
});

/** What is said of a sequence before its rows. */
export type SequenceHeader = Readonly<z.infer<typeof headerSchema>>;

/** Preamble and header as bytes. */
export function encodeHeader(header: SequenceHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(PREAMBLE_BYTES + json.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint16(MAGIC.length, VERSION, true);
  view.setUint32(MAGIC.length + 2, json.length, true);
  bytes.set(json, PREAMBLE_BYTES);
  return bytes;
}

/**
 * Length of the header.
 *
 * @throws {SequenceFileError} if it is another kind of file, another version, or too long.
 */
export function readPreamble(path: string, preamble: Uint8Array): number {
  const magic = new TextDecoder("latin1").decode(preamble.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw damaged(path, `"${MAGIC}" at its start`, JSON.stringify(magic));
  const view = new DataView(preamble.buffer, preamble.byteOffset, preamble.length);
  const version = view.getUint16(MAGIC.length, true);
  if (version !== VERSION)
    throw new SequenceFileError(path, {
      expected: `version ${VERSION}`,
      actual: `version ${version}`,
      hint: "save it again with this version",
    });
  const length = view.getUint32(MAGIC.length + 2, true);
  if (length > MAX_HEADER_BYTES)
    throw damaged(path, `a header of at most ${MAX_HEADER_BYTES} bytes`, String(length));
  return length;
}

/** @throws {SequenceFileError} if it is not the JSON that `encodeHeader` writes. */
export function parseHeader(path: string, bytes: Uint8Array): SequenceHeader {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw damaged(path, "a header of a sequence", "something else", cause);
  }
}

/**
 * Whether the rows fit a cache.
 *
 * @throws {SequenceFileError} if they are of another model.
 */
export function checkModel(
  path: string,
  header: SequenceHeader,
  { shape, fingerprint }: { readonly shape: SlotShape; readonly fingerprint: string },
): void {
  const names = ["numHiddenLayers", "numAttentionHeads", "headDim"] as const;
  const hint = "load the model, with the dtype, that it was saved with";
  for (const name of names) {
    const [expected, actual] = [`${name} ${shape[name]}`, String(header[name])];
    if (header[name] !== shape[name]) throw new SequenceFileError(path, { expected, actual, hint });
  }
  if (header.fingerprint !== fingerprint)
    throw new SequenceFileError(path, {
      expected: "a sequence of this model",
      actual: "one of other weights",
      hint,
    });
}

/**
 * The adapter that a sequence was computed with: by its numbers, whatever its name is now.
 *
 * @throws {SequenceFileError} if it is not among those loaded.
 */
export function adapterOf(
  path: string,
  { adapter }: SequenceHeader,
  loaded: readonly SequenceAdapter[],
): SequenceAdapter | undefined {
  if (!adapter) return undefined;
  const found = loaded.find(({ fingerprint }) => fingerprint === adapter.fingerprint);
  if (found) return found;
  throw new SequenceFileError(path, {
    expected: "a sequence without an adapter, or of one that is loaded",
    actual: `one of the adapter "${adapter.name}"`,
    hint: "load that adapter, with the scale that it had, first",
  });
}

/** A file that was cut, changed, or never was one. */
export function damaged(
  path: string,
  expected: string,
  actual: string,
  cause?: unknown,
): SequenceFileError {
  return new SequenceFileError(path, { expected, actual, hint: "save it again", cause });
}
