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

const size = z.int("an integer").min(1, "at least 1");
const schema = z.object(
  {
    quant_type: z.string("text"),
    blocksize: size,
    dtype: z.string("text"),
    shape: z.tuple([size, size], "two integers"),
    nested_blocksize: size.nullish(),
    nested_offset: z.number("a number").nullish(),
  },
  "an object",
);

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
    return { problem: parsed.error.issues.map((issue) => describeIssue(issue, json)).join("; ") };
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

/** `expected {key} as {what}, got {value}`; the messages of the schema are what is expected. */
function describeIssue({ path, message }: z.core.$ZodIssue, json: unknown): string {
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    json,
  );
  const text = typeof value === "number" ? String(value) : JSON.stringify(value); // JSON has no infinity
  const got = value === undefined ? "nothing" : text.slice(0, MAX_QUOTED_CHARS);
  const key = path.join(".");
  return `expected ${key === "" ? "JSON of" : `${key} as`} ${message}, got ${got}`;
}

/** Of a value in an error. */
const MAX_QUOTED_CHARS = 80;

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
