import {
  DYNAMIC_MAP,
  FP4_CODEBOOK,
  NF4_CODEBOOK,
  restoreAbsmax,
  type FourBitType,
} from "@baichuan2/quant";
import type { Checkpoint, TensorInfo } from "../checkpoint.ts";
import { FLOATS, partProblems, tensorProblem } from "./inspection.ts";
import { OVERFLOW, refuseNotFinite } from "./refuse-not-finite.ts";
import type { FourBitState, NestedState } from "./four-bit-state.ts";
import type { NestedAbsmax, StoredFourBit } from "./stored-linear.ts";

const dtypes = { float16: "f16", bfloat16: "bf16", float32: "f32" } as const;
/** What bitsandbytes has kernels for. */
const BLOCK_SIZES: readonly number[] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/** Codes, and how they become a weight `[O, C]`. */
export interface FourBitParts {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly packed: TensorInfo;
  readonly state: FourBitState;
}

/** Checks that everything fits the weight's shape. */
export function fourBitProblems({ packed, state, shape }: FourBitParts): string[] {
  const weights = shape[0] * shape[1];
  const told = toldProblems(state, shape).map((problem) => tensorProblem(packed, problem));
  if (told.length > 0) return [...packedProblems(packed, weights), ...told];
  const { absmax, blockSize, code, nested } = state;
  const blocks = Math.ceil(weights / blockSize);
  const what = `one absmax for each ${blockSize} of ${weights} weights`;
  return [
    ...packedProblems(packed, weights),
    ...(nested
      ? [
          ...partProblems(absmax, { dtypes: ["u8"], elements: blocks, what }),
          ...nestedProblems(nested, blocks),
        ]
      : partProblems(absmax, { dtypes: FLOATS, elements: blocks, what })),
    ...(code
      ? partProblems(code, { dtypes: FLOATS, elements: 16, what: "a value for each code" })
      : []),
  ];
}

/** Codes may be stored as items of any width (`bnb_4bit_quant_storage`); their bytes are the same. */
export function packedProblems(packed: TensorInfo, weights: number): string[] {
  const expected = Math.ceil(weights / 2);
  if (packed.sizeBytes === expected) return [];
  return [
    tensorProblem(
      packed,
      `expected ${expected} bytes (two of ${weights} codes a byte), got ${packed.sizeBytes}`,
    ),
  ];
}

/** What the state tells in words and numbers. */
function toldProblems(state: FourBitState, shape: readonly number[]): string[] {
  const problems: string[] = [];
  if (!isQuantType(state.quantType))
    problems.push(`expected quant_type nf4 or fp4, got ${JSON.stringify(state.quantType)}`);
  if (state.shape.length !== 2 || state.shape.some((size, i) => size !== shape[i]))
    problems.push(
      `expected a quant_state for shape [${shape.join(", ")}], got [${state.shape.join(", ")}]`,
    );
  if (!Object.hasOwn(dtypes, state.dtype))
    problems.push(`expected dtype ${Object.keys(dtypes).join(", ")}, got "${state.dtype}"`);
  for (const [key, size] of [
    ["blocksize", state.blockSize],
    ["nested blocksize", state.nested?.blockSize ?? 256],
  ] as const)
    if (!BLOCK_SIZES.includes(size))
      problems.push(`expected ${key} of ${BLOCK_SIZES.join(", ")}, got ${size}`);
  return problems;
}

function nestedProblems({ absmax, map, blockSize, offset }: NestedState, blocks: number): string[] {
  const elements = Math.ceil(blocks / blockSize);
  const what = `one nested absmax for each ${blockSize} of ${blocks} blocks`;
  return [
    ...partProblems(absmax, { dtypes: FLOATS, elements, what }),
    ...(map
      ? partProblems(map, { dtypes: FLOATS, elements: 256, what: "a value for each code" })
      : []),
    ...(typeof offset === "number"
      ? []
      : partProblems(offset, { dtypes: FLOATS, elements: 1, what: "the offset of the absmax" })),
  ];
}

/** Reads tables and offset; checked parts only. */
export async function openFourBit(
  checkpoint: Checkpoint,
  { name, shape, packed, state }: FourBitParts,
  problems: string[],
  signal?: AbortSignal,
): Promise<StoredFourBit | undefined> {
  const before = problems.length;
  const format = state.quantType as FourBitType;
  const table = async (info: TensorInfo | undefined, standard: Iterable<number>) => {
    if (!info) return Float32Array.from(standard);
    const values = await checkpoint.readFloat32(info.name, { signal });
    if (!values.every(Number.isFinite))
      problems.push(tensorProblem(info, "expected finite values, got NaN or infinity"));
    return values;
  };
  const codebook = await table(state.code, format === "nf4" ? NF4_CODEBOOK : FP4_CODEBOOK);
  const { nested } = state;
  const map = nested ? await table(nested.map, DYNAMIC_MAP) : undefined;
  const offset = nested && (await readOffset(checkpoint, packed, nested.offset, problems, signal));
  if (problems.length > before) return undefined;
  const dtype = dtypes[state.dtype as keyof typeof dtypes];
  // A weight is absmax times a value of the table, in the state's type: it would be infinite from here on.
  const below = OVERFLOW[dtype] / codebook.reduce((max, code) => Math.max(max, Math.abs(code)), 0);
  const readNestedAbsmax = async (read?: AbortSignal): Promise<NestedAbsmax | undefined> => {
    if (!nested || !map || offset === undefined) return undefined;
    const codes = await checkpoint.readBytes(state.absmax.name, { signal: read });
    const nestedAbsmax = await checkpoint.readFloat32(nested.absmax.name, { signal: read });
    refuseNotFinite(nested.absmax, nestedAbsmax);
    return { codes, nestedAbsmax, offset, map, blockSize: nested.blockSize };
  };
  return {
    name,
    shape,
    format,
    blockSize: state.blockSize,
    nested: nested !== undefined,
    dtype,
    codebook,
    readPacked: (read) => checkpoint.readBytes(packed.name, { signal: read }),
    readAbsmax: async (read) => {
      const quantized = await readNestedAbsmax(read);
      const absmax = quantized
        ? restoreAbsmax(quantized, { nestedBlockSize: quantized.blockSize, map: quantized.map })
        : await checkpoint.readFloat32(state.absmax.name, { signal: read });
      return refuseNotFinite(state.absmax, absmax, { below });
    },
    readNestedAbsmax,
  };
}

async function readOffset(
  checkpoint: Checkpoint,
  packed: TensorInfo,
  offset: TensorInfo | number,
  problems: string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const isNumber = typeof offset === "number";
  const value = isNumber ? offset : (await checkpoint.readFloat32(offset.name, { signal }))[0];
  const rounded = Math.fround(value ?? NaN); // as bitsandbytes holds it; what is larger becomes infinite
  if (Number.isFinite(rounded)) return rounded;
  const problem = `expected a finite offset of the absmax, got ${value}`;
  problems.push(tensorProblem(isNumber ? packed : offset, problem));
  return 0;
}

/** The known types of 4-bit codes. */
export function isQuantType(name: string): name is FourBitType {
  return name === "nf4" || name === "fp4";
}
