import { expectedTensors, isDecoderLinear, type ModelConfig } from "../config.ts";
import type { LinearAdapter } from "./adapter.ts";
import { AdapterError } from "./adapter-error.ts";

/** Shapes of an adapter, without its numbers. */
export interface AdapterShapes {
  readonly path: string;
  readonly linears: ReadonlyMap<string, Pick<LinearAdapter, "rank" | "shape">>;
}

/**
 * Checks that an adapter is made for a network of this shape: each of its linears is one of a layer, as wide and as high.
 *
 * @param name - For errors; default: the adapter's path.
 * @throws {AdapterError} "shape", with both shapes.
 */
export function checkAdapter(
  adapter: AdapterShapes,
  config: ModelConfig,
  name: string = adapter.path,
): void {
  const expected = expectedTensors(config);
  for (const [linear, { rank, shape }] of adapter.linears) {
    const weight = `${linear}.weight`;
    const wanted = expected.get(weight);
    const hint = "give an adapter that was trained on this model";
    if (!wanted || !isDecoderLinear(weight))
      throw new AdapterError(name, {
        problem: "shape",
        expected: `linears of the ${config.numHiddenLayers} layers`,
        actual: `"${linear}"`,
        hint,
      });
    const [O = 0, C = 0] = wanted;
    if (shape[0] === O && shape[1] === C) continue;
    throw new AdapterError(name, {
      problem: "shape",
      linear,
      expected: pair(rank, O, C),
      actual: pair(rank, shape[0], shape[1]),
      hint,
    });
  }
}

function pair(rank: number, O: number, C: number): string {
  return `lora_A [${rank}, ${C}] and lora_B [${O}, ${rank}]`;
}
