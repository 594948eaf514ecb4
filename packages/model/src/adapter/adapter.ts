import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { TensorFloats } from "../checkpoint/node-read-tensors.ts";
import type { AdapterConfig } from "./adapter-config.ts";
import { adapterRank, adapterScaling } from "./adapter-config.ts";

/** The adapter of one linear: `W + scaling · B · A`. */
export interface LinearAdapter {
  readonly rank: number;
  readonly scaling: number;
  /** A, `[r, C]`. */
  readonly a: Float32Array;
  /** B, `[O, r]`. */
  readonly b: Float32Array;
  /** O and C. */
  readonly shape: readonly [number, number];
}

/** A LoRA adapter: its config, and matrices by the linear they belong to (`model.layers.0.self_attn.W_pack`). */
export interface Adapter {
  /** Directory, for errors. */
  readonly path: string;
  readonly config: AdapterConfig;
  readonly linears: ReadonlyMap<string, LinearAdapter>;
}

/** PEFT wraps the model twice, and in memory names the adapter. */
const KEY = /^base_model\.model\.(.+)\.lora_(A|B)(?:\.default)?\.weight$/;

/**
 * Puts the matrices of a file together.
 *
 * @param matrices - By PEFT's keys.
 * @throws {CheckpointError} for a key of another form, a matrix without its partner, two that do not fit, or of another rank
 * than the config says, as PEFT refuses them.
 * @throws {UnsupportedError} for patterns that take too many steps to match.
 */
export function assembleAdapter(
  path: string,
  config: AdapterConfig,
  matrices: ReadonlyMap<string, TensorFloats>,
): Adapter {
  const linears = new Map<string, LinearAdapter>();
  for (const [linear, { rank, shape, A, B }] of pairMatrices(path, config, matrices)) {
    const scaling = adapterScaling(config, linear, rank);
    linears.set(linear, { rank, scaling, a: A.values, b: B.values, shape });
  }
  return { path, config, linears };
}

/** What belongs to one linear. */
export interface MatrixPair<Matrix> {
  readonly rank: number;
  /** O and C. */
  readonly shape: readonly [number, number];
  /** `[r, C]`. */
  readonly A: Matrix;
  /** `[O, r]`. */
  readonly B: Matrix;
}

interface Shaped {
  readonly shape: readonly number[];
}

/**
 * Pairs the matrices of a file by linear.
 *
 * @throws {CheckpointError | UnsupportedError} as `assembleAdapter`.
 */
export function pairMatrices<Matrix extends Shaped>(
  path: string,
  config: AdapterConfig,
  matrices: ReadonlyMap<string, Matrix>,
): ReadonlyMap<string, MatrixPair<Matrix>> {
  const pairs = new Map<string, Partial<Record<"A" | "B", Matrix>>>();
  for (const [key, matrix] of matrices) {
    const [, linear, side] = KEY.exec(key) ?? [];
    if (linear === undefined || (side !== "A" && side !== "B"))
      throw new CheckpointError(path, "expected only lora_A and lora_B of linears", {
        tensor: key,
      });
    pairs.set(linear, { ...pairs.get(linear), [side]: matrix });
  }
  if (pairs.size === 0)
    throw new CheckpointError(path, "expected lora_A and lora_B, got no tensor");
  return new Map(
    [...pairs].map(([linear, pair]) => {
      const fitting = fittingPair(path, linear, pair);
      requireRank(path, linear, fitting, adapterRank(config, linear));
      return [linear, fitting];
    }),
  );
}

function fittingPair<Matrix extends Shaped>(
  path: string,
  linear: string,
  { A, B }: Partial<Record<"A" | "B", Matrix>>,
): MatrixPair<Matrix> {
  const [rank = 0, C = 0] = A?.shape ?? [];
  const [O = 0, width] = B?.shape ?? [];
  if (!A || !B || A.shape.length !== 2 || B.shape.length !== 2 || width !== rank)
    throw new CheckpointError(
      path,
      `expected lora_A [r, C] and lora_B [O, r], got ${shapeOf(A)} and ${shapeOf(B)}`,
      { tensor: linear },
    );
  return { rank, shape: [O, C], A, B };
}

function requireRank<Matrix extends Shaped>(
  path: string,
  linear: string,
  { rank, A, B }: MatrixPair<Matrix>,
  expected: number,
): void {
  if (rank === expected) return;
  throw new CheckpointError(
    path,
    `expected rank ${expected}, as r and rank_pattern of its config say, got lora_A ${shapeOf(A)} and lora_B ${shapeOf(B)} (give the config that was saved with the matrices)`,
    { tensor: linear },
  );
}

function shapeOf(matrix: Shaped | undefined): string {
  return matrix ? `[${matrix.shape.join(", ")}]` : "none";
}
