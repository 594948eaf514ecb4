/**
 * The "pack-quantized" layout of compressed-tensors, 4 bits, in groups of G along the rows.
 *
 *   <linear>.weight_packed      i32 [O, C/8]          8 codes a word, the first in the lowest bits; code = q + 8
 *   <linear>.weight_scale       float [O, C/G]
 *   <linear>.weight_zero_point  i32 [ceil(O/8), C/G]  asymmetric only; 8 ROWS a word, the first in the lowest bits, + 8
 *                               or i8 [O, C/G]        as earlier versions wrote it, signed
 *   <linear>.weight_shape       i64 [2]               O, C
 *   <linear>.weight_g_idx       i32 [C]               groups in an order of their own; refused
 *
 * A weight is (q − zero point) · scale with q of −8 to 7. Read as bytes, little-endian words hold the even code in the low
 * nibble: `weight_packed` is what `decodeInt4` takes, unchanged, and adding 8 to both sides changes no difference.
 *
 * @see https://github.com/vllm-project/compressed-tensors/blob/01dd1a58d39e47c617df54aaa4519a30273be0c5/src/compressed_tensors/compressors/pack_quantized/base.py
 */
import type { BlockSize } from "@baichuan2/quant";
import type { Checkpoint, TensorInfo } from "../checkpoint.ts";
import { isFloatDtype } from "../dtype.ts";
import {
  FLOATS,
  missingPart,
  partProblems,
  tensorProblem,
  type CheckpointHeads,
  type Inspection,
} from "./inspection.ts";
import { fromPackedRows, fromSigned } from "./int4-zero-points.ts";
import { OVERFLOW, refuseNotFinite } from "./refuse-not-finite.ts";
import type { StoredInt4 } from "./stored-linear.ts";

/** Most scales between a code and its zero point. */
const MAX_STEPS = 15;
const GROUP_SIZES: readonly number[] = [32, 64, 128];
const suffixes = ["packed", "scale", "zero_point", "shape", "g_idx"] as const;
type Suffix = (typeof suffixes)[number];

/** Keys of the layout that are there. */
export function int4Keys({ tensors }: CheckpointHeads, linear: string): string[] {
  return suffixes.map((suffix) => `${linear}.weight_${suffix}`).filter((key) => tensors.has(key));
}

interface Int4Parts {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly blockSize: BlockSize;
  readonly packed: TensorInfo;
  readonly scale: TensorInfo;
  readonly zeroPoint: TensorInfo | undefined;
  readonly storedShape: TensorInfo;
}

/** Checks the parts of an int4 linear. */
export function inspectInt4(
  heads: CheckpointHeads,
  name: string,
  shape: readonly [number, number],
): Inspection {
  const linear = name.replace(/\.weight$/, "");
  const keys = int4Keys(heads, linear);
  const part = (suffix: Suffix): TensorInfo | undefined =>
    heads.tensors.get(`${linear}.weight_${suffix}`);
  const [packed, scale, zeroPoint, storedShape, order] = suffixes.map(part);
  const missing = [
    ...(packed ? [] : [missingPart(`${linear}.weight_packed`, "the 4-bit codes")]),
    ...(scale ? [] : [missingPart(`${linear}.weight_scale`, "the scales of 4-bit codes")]),
    ...(storedShape ? [] : [missingPart(`${linear}.weight_shape`, "the shape of the weight")]),
    ...(order
      ? [tensorProblem(order, "expected groups in order, got actorder (quantize without it)")]
      : []),
  ];
  if (!packed || !scale || !storedShape || missing.length > 0)
    return { name, keys, problems: missing };
  const blockSize = shape[1] / (scale.shape[1] ?? 1);
  const parts = { name, shape, packed, scale, zeroPoint, storedShape };
  const problems = sizeProblems({ ...parts, blockSize: blockSize as BlockSize });
  if (!GROUP_SIZES.includes(blockSize))
    problems.push(
      tensorProblem(scale, `expected groups of ${GROUP_SIZES.join(", ")}, got ${blockSize}`),
    );
  return {
    name,
    keys,
    problems,
    stored: {
      format: "int4",
      layout: "pack-quantized",
      open: (checkpoint, list, signal) =>
        openInt4(checkpoint, { ...parts, blockSize: blockSize as BlockSize }, list, signal),
    },
  };
}

function sizeProblems(parts: Int4Parts): string[] {
  const { shape, packed, scale, zeroPoint, storedShape } = parts;
  const [O, C] = shape;
  const groups = scale.shape[1] ?? 1;
  const isWords = zeroPoint?.dtype === "i32";
  return [
    ...partProblems(packed, { dtypes: ["i32"], elements: (O * C) / 8, what: "8 codes a word" }),
    ...partProblems(scale, {
      dtypes: FLOATS,
      elements: O * groups,
      what: "a scale for each group",
    }),
    ...(zeroPoint
      ? partProblems(zeroPoint, {
          dtypes: ["i32", "i8"],
          elements: (isWords ? Math.ceil(O / 8) : O) * groups,
          what: isWords ? "zero points of 8 rows a word" : "a zero point for each group",
        })
      : []),
    ...partProblems(storedShape, { dtypes: ["i64", "i32"], elements: 2, what: "rows and columns" }),
  ];
}

async function openInt4(
  checkpoint: Checkpoint,
  { name, shape, blockSize, packed, scale, zeroPoint, storedShape }: Int4Parts,
  problems: string[],
  signal?: AbortSignal,
): Promise<StoredInt4 | undefined> {
  const { buffer } = await checkpoint.readBytes(storedShape.name, { signal });
  const told =
    storedShape.dtype === "i64"
      ? Array.from(new BigInt64Array(buffer), Number)
      : [...new Int32Array(buffer)];
  if (told[0] !== shape[0] || told[1] !== shape[1]) {
    const problem = `expected [${shape.join(", ")}], got [${told.join(", ")}]`;
    problems.push(tensorProblem(storedShape, problem));
    return undefined;
  }
  return {
    name,
    shape,
    format: "int4",
    blockSize,
    symmetric: zeroPoint === undefined,
    scaleDtype: isFloatDtype(scale.dtype) ? scale.dtype : "f32",
    readPacked: (read) => checkpoint.readBytes(packed.name, { signal: read }),
    readScales: async (read) =>
      refuseNotFinite(scale, await checkpoint.readFloat32(scale.name, { signal: read }), {
        below: OVERFLOW.f32 / MAX_STEPS,
      }),
    readZeroPoints: async (read) => {
      if (!zeroPoint) return undefined;
      const bytes = await checkpoint.readBytes(zeroPoint.name, { signal: read });
      const groups = shape[1] / blockSize;
      return zeroPoint.dtype === "i32"
        ? fromPackedRows(new Uint32Array(bytes.buffer), shape[0], groups)
        : fromSigned(zeroPoint, new Int8Array(bytes.buffer), groups);
    },
  };
}
