/** Keys of the parameters outside of the layers. */
export const EMBEDDINGS = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
export const LM_HEAD = "lm_head.weight";

/** Values of parameters, by the checkpoint's keys. */
export type Parameters = ReadonlyMap<string, Float32Array>;

/** `model.layers.3.mlp.up_proj.weight`: the checkpoint's key of a layer's weight. */
export function layerKey(layer: number, key: string): string {
  return `model.layers.${layer}.${key}`;
}

/** @throws {Error} if there is none of that name. */
export function parameterOf(parameters: Parameters, name: string): Float32Array {
  const values = parameters.get(name);
  if (values) return values;
  throw new Error(`training: expected a parameter "${name}", got none`);
}
