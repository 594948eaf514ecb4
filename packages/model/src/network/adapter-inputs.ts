import { add, matmul, multiply } from "@baichuan2/kernels";
import type { Graph, Value } from "@baichuan2/kernels";
import { expectedTensors, type ModelConfig } from "../config.ts";

/** Linears of a layer that may have adapters, in the order of the network. */
export const adaptedLinears = [
  "self_attn.W_pack",
  "self_attn.o_proj",
  "mlp.gate_proj",
  "mlp.up_proj",
  "mlp.down_proj",
] as const;

/** Names of the inputs by which a run is told its adapters. */
export const adapterInputs = {
  /** A of a linear, `[r, C]`. */
  a: (layer: number, linear: string) => `model.layers.${layer}.${linear}.lora_A`,
  /** B of a linear, scaled and transposed, `[r, O]`. */
  b: (layer: number, linear: string) => `model.layers.${layer}.${linear}.lora_B`,
  /** Which row takes which ranks, `[T, r]`; one for a linear of all layers. */
  mask: (linear: string) => `lora_mask.${linear}`,
};

/** Adds what adapters give to a linear's output. */
export type Adapt = (x: Value, y: Value, layer: number, linear: string) => Value;

/**
 * Declares the inputs of adapters and returns what applies them: `y + ((x · Aᵀ) ∘ mask) · B`, beside the linear and
 * whatever format its weight has.
 *
 * `r` counts the ranks of all adapters of a run, one after another: the mask lets each row take those of its sequence's
 * adapter, so that sequences with different adapters share a run, and loading an adapter changes inputs only. Letters: r
 * is a size of its own for each name of a linear, the same in all layers.
 */
export function declareAdapters(g: Graph, config: ModelConfig): Adapt {
  const shapes = linearShapes(config);
  const rankOf = (linear: string): string => `r.${linear}`;
  const masks = new Map<string, Value>(
    adaptedLinears.map((linear) => {
      return [linear, g.input(adapterInputs.mask(linear), "f32", ["T", rankOf(linear)])];
    }),
  );
  return (x, y, layer, linear) => {
    const mask = masks.get(linear);
    const [O, C] = shapes.get(linear) ?? [];
    if (!mask || O === undefined || C === undefined) return y;
    const a = g.input(adapterInputs.a(layer, linear), "f32", [rankOf(linear), C]);
    const b = g.input(adapterInputs.b(layer, linear), "f32", [rankOf(linear), O]);
    const inner = multiply(g, matmul(g, x, a, { transB: true }), mask);
    return add(g, y, matmul(g, inner, b));
  };
}

/** O and C of each linear of a layer. */
export function linearShapes(config: ModelConfig): ReadonlyMap<string, readonly [number, number]> {
  const expected = expectedTensors(config);
  return new Map(
    adaptedLinears.map((linear) => {
      const [O = 0, C = 0] = expected.get(`model.layers.0.${linear}.weight`) ?? [];
      return [linear, [O, C]];
    }),
  );
}
