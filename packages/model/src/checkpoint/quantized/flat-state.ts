import { z } from "zod";
import type { Checkpoint, TensorInfo } from "../checkpoint.ts";
import type { FourBitState } from "./four-bit-state.ts";

/** The tensors of the flat layout beside the codes; absent ones are undefined. */
export interface FlatParts {
  readonly absmax: TensorInfo;
  readonly quantMap: TensorInfo;
  readonly nestedAbsmax?: TensorInfo | undefined;
  readonly nestedQuantMap?: TensorInfo | undefined;
  /** uint8 that hold JSON. */
  readonly state: TensorInfo;
}

/** bitsandbytes writes about 170 bytes. */
export const MAX_STATE_BYTES = 4096;

const schema = z.object({
  quant_type: z.string(),
  blocksize: z.int().min(1),
  dtype: z.string(),
  shape: z.tuple([z.int().min(1), z.int().min(1)]),
  nested_blocksize: z.int().min(1).nullish(),
  nested_offset: z.number().nullish(),
});

/** A state that cannot be used, in words. */
type Read = { readonly state: FourBitState } | { readonly problem: string };

/**
 * Reads the JSON of a flat quant_state: quant_type, blocksize, dtype, shape, and for a nested absmax its blocksize and
 * offset.
 */
export async function readFlatState(
  checkpoint: Checkpoint,
  parts: FlatParts,
  signal?: AbortSignal,
): Promise<Read> {
  const bytes = await checkpoint.readBytes(parts.state.name, { signal });
  const json = parseJson(bytes);
  if (json === undefined)
    return {
      problem: `expected JSON, got something else${hasNaN(bytes) ? " (a NaN offset)" : ""}`,
    };
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    return {
      problem: parsed.error.issues
        .map(({ path, message }) => `${path.join(".")}: ${message}`)
        .join("; "),
    };
  const { data } = parsed;
  const base = {
    absmax: parts.absmax,
    shape: data.shape,
    dtype: data.dtype.replace(/^torch\./, ""),
    blockSize: data.blocksize,
    quantType: data.quant_type,
    code: parts.quantMap,
  };
  if (!parts.nestedAbsmax) return { state: base };
  const offset = data.nested_offset;
  if (typeof offset !== "number") return { problem: "expected nested_offset, got none" };
  const nested = {
    absmax: parts.nestedAbsmax,
    map: parts.nestedQuantMap,
    blockSize: data.nested_blocksize ?? 256,
    offset,
  };
  return { state: { ...base, nested } };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Python writes NaN and Infinity into JSON, which allows neither. */
function hasNaN(bytes: Uint8Array): boolean {
  return /\b(NaN|Infinity)\b/.test(new TextDecoder().decode(bytes));
}
