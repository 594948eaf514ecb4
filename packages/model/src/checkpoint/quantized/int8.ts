/**
 * LLM.int8() as transformers saves it: `<linear>.weight` int8 `[O, C]`, `<linear>.SCB` `[O]`, and in most files
 * `<linear>.weight_format`, text in pickles, a uint8 in safetensors: 0 row, 1 col32, 2 col_turing, 3 col_ampere. Only rows are
 * matrices as they stand; the others are tiles for one generation of GPUs, of a model that was saved after it had run.
 *
 * @see https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.43.1/bitsandbytes/utils.py (weight formats)
 */
import type { Checkpoint, TensorInfo } from "../checkpoint.ts";
import {
  FLOATS,
  missingPart,
  partProblems,
  tensorProblem,
  type CheckpointHeads,
  type Inspection,
} from "./inspection.ts";
import { OVERFLOW, refuseNotFinite } from "./refuse-not-finite.ts";
import type { StoredInt8 } from "./stored-linear.ts";

const WEIGHT_FORMATS = ["row", "col32", "col_turing", "col_ampere"] as const;

const withoutScales =
  "the row scales of its int8 codes, which mean nothing without them. quantize(8) followed by save_pretrained loses them: " +
  "load the original checkpoint with load_in_8bit=True and save that, or quantize it with this package";

/** Keys of the layout that are there, besides the weight's own. */
export function int8Keys({ tensors, objects }: CheckpointHeads, linear: string): string[] {
  return [`${linear}.SCB`, `${linear}.weight_format`].filter(
    (key) => tensors.has(key) || objects.has(key),
  );
}

/** Checks the parts of an int8 linear. */
export function inspectInt8(
  heads: CheckpointHeads,
  name: string,
  shape: readonly [number, number],
): Inspection {
  const linear = name.replace(/\.weight$/, "");
  const keys = [name, ...int8Keys(heads, linear)];
  const weight = heads.tensors.get(name);
  const scales = heads.tensors.get(`${linear}.SCB`);
  const format = formatOf(heads, `${linear}.weight_format`);
  const problems = [
    ...(weight ? weightProblems(weight, shape) : [missingPart(name, "the int8 codes")]),
    ...(scales
      ? partProblems(scales, { dtypes: FLOATS, elements: shape[0], what: "a scale for each row" })
      : [missingPart(`${linear}.SCB`, withoutScales)]),
    ...formatProblems(format, `${linear}.weight_format`),
  ];
  if (!weight || !scales || problems.length > 0) return { name, keys, problems };
  return {
    name,
    keys,
    problems,
    stored: {
      format: "int8",
      layout: "llm-int8",
      open: async (checkpoint, list, signal) => {
        if (typeof format === "object") {
          const [code] = await checkpoint.readBytes(format.name, { signal });
          const found = formatProblems(code, format.name);
          list.push(...found);
          if (found.length > 0) return undefined;
        }
        return storedInt8(checkpoint, weight, scales, shape);
      },
    },
  };
}

function storedInt8(
  checkpoint: Checkpoint,
  { name }: TensorInfo,
  scales: TensorInfo,
  shape: readonly [number, number],
): StoredInt8 {
  return {
    name,
    shape,
    format: "int8",
    readCB: async (signal) => new Int8Array((await checkpoint.readBytes(name, { signal })).buffer),
    readSCB: async (signal) =>
      refuseNotFinite(scales, await checkpoint.readFloat32(scales.name, { signal }), {
        min: 0,
        below: OVERFLOW.f16, // the largest weight of a row, and LLM.int8() rounds weights to float16 first
      }),
  };
}

function weightProblems(weight: TensorInfo, shape: readonly [number, number]): string[] {
  const isShape = weight.shape.length === 2 && weight.shape.every((size, i) => size === shape[i]);
  if (weight.dtype === "i8" && isShape) return [];
  return [
    tensorProblem(
      weight,
      `expected i8 [${shape.join(", ")}] (it has int8 scales beside it), got ${weight.dtype} [${weight.shape.join(", ")}]`,
    ),
  ];
}

type WeightFormat = TensorInfo | string | number | undefined;

function formatOf({ tensors, objects }: CheckpointHeads, key: string): WeightFormat {
  const value = objects.get(key);
  if (value === undefined) return tensors.get(key);
  return typeof value === "string" || typeof value === "number" ? value : "a value of another kind";
}

function formatProblems(format: WeightFormat, key: string): string[] {
  if (format === undefined) return [];
  if (typeof format === "object")
    return partProblems(format, { dtypes: ["u8"], elements: 1, what: "0 for rows" });
  const found = typeof format === "number" ? (WEIGHT_FORMATS[format] ?? format) : format;
  if (found === "row") return [];
  const isTiles =
    typeof found === "string" && (WEIGHT_FORMATS as readonly string[]).includes(found);
  const hint = isTiles
    ? "tiles of a model that was saved after it had run on a GPU; save it right after loading, or with bitsandbytes 0.45 or later"
    : "not a weight format of bitsandbytes";
  return [`"${key}": expected weight_format "row", got "${found}" (${hint})`];
}
