/**
 * Adapters as a run is fed with them. For each name of a linear (`self_attn.W_pack`) all layers have one rank r: smaller
 * ranks, and layers that the adapter leaves out, are filled up with zeros. Several adapters of a run lie one after another:
 *
 *   lora_A  [r, C]  rows of the first adapter | rows of the second
 *   lora_B  [r, O]  scaled and transposed, so that these are rows as well
 *
 * A linear that no adapter has keeps one row of zeros: onnxruntime dies of empty inputs.
 */
import { f32, type Tensor } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import { adapterInputs, linearShapes } from "../network/adapter-inputs.ts";
import type { Adapter, LinearAdapter } from "./adapter.ts";

/** The matrices of one adapter, or of several. */
export interface AdapterMatrices {
  /** Rank by name of a linear; none for linears without an adapter. */
  readonly ranks: ReadonlyMap<string, number>;
  /** A and B of each linear that has a rank, by input of the graph. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/**
 * Arranges an adapter's matrices.
 *
 * @param adapter - Of a network of this shape (`checkAdapter`).
 * @param scale - Times the scaling that its config says.
 */
export function arrangeAdapter(
  adapter: Pick<Adapter, "linears">,
  config: ModelConfig,
  scale: number,
): AdapterMatrices {
  const ranks = new Map<string, number>();
  const tensors: Record<string, Tensor> = {};
  for (const [linear, [O, C]] of linearShapes(config)) {
    const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) =>
      adapter.linears.get(`model.layers.${layer}.${linear}`),
    );
    const r = Math.max(0, ...layers.map((one) => one?.rank ?? 0));
    if (r === 0) continue;
    ranks.set(linear, r);
    for (const [layer, one] of layers.entries()) {
      tensors[adapterInputs.a(layer, linear)] = f32(filled(one?.a, r * C), [r, C]);
      tensors[adapterInputs.b(layer, linear)] = f32(scaledRows(one, r * O, scale), [r, O]);
    }
  }
  return { ranks, tensors };
}

/** Puts the matrices of several adapters one after another, in order. */
export function joinMatrices(all: readonly AdapterMatrices[]): AdapterMatrices {
  const ranks = new Map<string, number>();
  for (const matrices of all)
    for (const [linear, rank] of matrices.ranks) ranks.set(linear, (ranks.get(linear) ?? 0) + rank);
  const names = new Set(all.flatMap(({ tensors }) => Object.keys(tensors)));
  const tensors: Record<string, Tensor> = {};
  for (const name of names) {
    const parts = all.flatMap(({ tensors: some }) => some[name] ?? []);
    tensors[name] = joined(parts);
  }
  return { ranks, tensors };
}

/** Bytes of all matrices. */
export function matrixBytes({ tensors }: AdapterMatrices): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
}

function joined(parts: readonly Tensor[]): Tensor {
  const [rows, columns] = [
    parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0),
    parts[0]?.shape[1] ?? 0,
  ];
  const data = new Float32Array(rows * columns);
  let end = 0;
  for (const part of parts) {
    data.set(part.data, end);
    end += part.data.length;
  }
  return f32(data, [rows, columns]);
}

/** Values with zeros behind them; the array itself where it is that long. */
function filled(values: Float32Array = new Float32Array(), length: number): Float32Array {
  if (values.length === length) return values;
  const data = new Float32Array(length);
  data.set(values);
  return data;
}

/** `scale · scaling · Bᵀ`, `[r, O]`. */
function scaledRows(
  linear: LinearAdapter | undefined,
  length: number,
  scale: number,
): Float32Array {
  const data = new Float32Array(length);
  if (!linear) return data;
  const { b, rank } = linear;
  const [O] = linear.shape;
  const factor = scale * linear.scaling;
  for (let row = 0; row < O; row++)
    for (let r = 0; r < rank; r++) data[r * O + row] = factor * (b[row * rank + r] as number);
  return data;
}
