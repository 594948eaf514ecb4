import type { TensorDeclaration } from "@baichuan2/model";
import { toBfloat16Bits } from "@baichuan2/quant";

/** Numbers under a name and shape. */
export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Types that weights are written in. */
export type SavedDtype = "f32" | "bf16";

/** Values converted at a time: 4 MB. */
const CHUNK = 1 << 20;

/** A tensor's bytes in a file, little-endian, piece by piece. */
export function* tensorChunks(values: Float32Array, dtype: SavedDtype): Generator<Uint8Array> {
  for (let start = 0; start < values.length; start += CHUNK) {
    const piece = values.subarray(start, start + CHUNK);
    const words = dtype === "f32" ? piece : toBfloat16Bits(piece);
    yield new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  }
}

/** How a tensor is declared in a file. */
export function declare({ name, shape }: NamedValues, dtype: SavedDtype): TensorDeclaration {
  return { name, dtype, shape };
}
