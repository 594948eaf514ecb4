import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One array of a golden file: raw little-endian values in C order. */
export interface GoldenArray {
  readonly name: string;
  readonly dtype: "f32" | "f16" | "bf16" | "f64" | "i32" | "u8" | "i8";
  readonly shape: readonly number[];
  /** The bytes as they stand in the file, aligned for a typed array view. */
  readonly bytes: Uint8Array;
}

/** A golden file (`X.manifest.json` + `X.bin`): named arrays and what was measured with them. */
export interface GoldenFile {
  readonly meta: Record<string, unknown>;
  readonly names: readonly string[];
  array(name: string): GoldenArray;
  /** Values of a float array (f32, f64, f16, bf16), as float32 or wider. */
  floats(name: string): Float32Array | Float64Array;
  /** Values of an i32 array. */
  ints(name: string): Int32Array;
}

interface Manifest {
  file: string;
  meta: Record<string, unknown>;
  tensors: {
    name: string;
    dtype: GoldenArray["dtype"];
    shape: number[];
    offset: number;
    bytes: number;
  }[];
}

/** Reads a golden file, given the path of its manifest. */
export function readGolden(manifestPath: string): GoldenFile {
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as Manifest;
  const file = readFileSync(join(dirname(manifestPath), manifest.file));
  const byName = new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));

  const array = (name: string): GoldenArray => {
    const tensor = byName.get(name);
    if (!tensor)
      throw new Error(`${manifestPath}: no array "${name}" (has ${[...byName.keys()].join(", ")})`);
    const bytes = new Uint8Array(file.subarray(tensor.offset, tensor.offset + tensor.bytes));
    return { name, dtype: tensor.dtype, shape: tensor.shape, bytes };
  };

  return {
    meta: manifest.meta,
    names: [...byName.keys()],
    array,
    floats: (name) => toFloats(array(name)),
    ints: (name) => {
      const { dtype, bytes } = array(name);
      if (dtype !== "i32")
        throw new Error(`${manifestPath}: expected "${name}" of i32, got ${dtype}`);
      return new Int32Array(bytes.buffer);
    },
  };
}

function toFloats({ name, dtype, bytes }: GoldenArray): Float32Array | Float64Array {
  switch (dtype) {
    case "f32":
      return new Float32Array(bytes.buffer);
    case "f64":
      return new Float64Array(bytes.buffer);
    case "bf16": {
      const bits = new Uint32Array(new Uint16Array(bytes.buffer)).map((half) => half << 16);
      return new Float32Array(bits.buffer);
    }
    case "f16":
      return Float32Array.from(new Uint16Array(bytes.buffer), halfToFloat);
    default:
      throw new Error(`golden array "${name}": expected floats, got ${dtype}`);
  }
}

function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
