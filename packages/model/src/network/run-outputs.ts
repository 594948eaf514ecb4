import type { Tensor } from "@baichuan2/kernels";
import type { LayerRows } from "../cache/kv-rows.ts";
import { FINAL_NORM } from "./inference-graph.ts";
import { releaseArray } from "./release-array.ts";

/** Output of the head, `[R, V]`. */
export const LOGITS = "logits";

/** Outputs to be copied out of the runtime: the rows for the cache, and the head's only where a row wants them. */
export function outputNames(
  numHiddenLayers: number,
  wanted: { readonly logits: boolean; readonly hidden: boolean },
): string[] {
  const names: string[] = [];
  for (let layer = 0; layer < numHiddenLayers; layer++) names.push(...cacheNames(layer));
  if (wanted.logits) names.push(LOGITS);
  if (wanted.hidden) names.push(FINAL_NORM);
  return names;
}

/** New keys and values of each layer, `[T, H, D]` each. */
export function cacheRows(
  results: Readonly<Record<string, Tensor>>,
  numHiddenLayers: number,
): LayerRows[] {
  return Array.from({ length: numHiddenLayers }, (_, layer) => {
    const [keys, values] = cacheNames(layer);
    return { keys: floats(results[keys]), values: floats(results[values]) };
  });
}

/** Gives the memory of rows that are stored back at once: collecting garbage would come many steps later. */
export function releaseRows(layers: readonly LayerRows[]): void {
  for (const { keys, values } of layers) {
    releaseArray(keys);
    releaseArray(values);
  }
}

/** Each item's rows of an output that has those of all. */
export function rowsPerItem(
  items: readonly { readonly outputRows: number }[],
  output: Tensor | undefined,
  width: number,
): Float32Array[] {
  const rows = output ? floats(output) : new Float32Array();
  let row = 0;
  return items.map(({ outputRows }) => rows.subarray(row * width, (row += outputRows) * width));
}

function cacheNames(layer: number): [keys: string, values: string] {
  return [`keys.${layer}.new`, `values.${layer}.new`];
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error("decoder: expected a float output of the graph, got none");
}
