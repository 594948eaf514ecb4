/** Keys of the parameters outside of the layers. */
export const EMBEDDINGS = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
export const LM_HEAD = "lm_head.weight";

/** What a layer's keys begin with; its first group is the layer. */
export const LAYER_PREFIX = /^model\.layers\.(\d+)\./;

/** Values of parameters, by the checkpoint's keys. */
export interface Parameters {
  get(name: string): Float32Array | undefined;
  /** A row of a matrix, where decoding the whole of it costs something. */
  row?(name: string, row: number): Float32Array | undefined;
  /** Whether numbers are decoded when they are asked for, a layer's at a time; default: no. */
  readonly areDecoded?: boolean;
}

/** `model.layers.3.mlp.up_proj.weight`: the checkpoint's key of a layer's weight. */
export function layerKey(layer: number, key: string): string {
  return `model.layers.${layer}.${key}`;
}

/** Whether a parameter is one of a layer's. */
export function isLayerKey(name: string): boolean {
  return LAYER_PREFIX.test(name);
}

/** @throws {Error} if there is none of that name. */
export function parameterOf(parameters: Parameters, name: string): Float32Array {
  const values = parameters.get(name);
  if (values) return values;
  throw new Error(`training: expected a parameter "${name}", got none`);
}

/** A row of `C` numbers of a matrix. */
export function parameterRow(
  parameters: Parameters,
  { name, row, C }: { readonly name: string; readonly row: number; readonly C: number },
): Float32Array {
  const values = parameters.row?.(name, row);
  return values ?? parameterOf(parameters, name).subarray(row * C, (row + 1) * C);
}

/** Parameters of two kinds: those that are trained, and a base that is not. */
export function joinParameters(
  trained: ReadonlyMap<string, Float32Array>,
  base: Parameters,
): Parameters {
  return {
    get: (name) => trained.get(name) ?? base.get(name),
    row: (name, row) => (trained.has(name) ? undefined : base.row?.(name, row)),
    areDecoded: base.areDecoded ?? false,
  };
}
