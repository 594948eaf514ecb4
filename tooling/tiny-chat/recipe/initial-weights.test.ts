import { expectedTensors, readModelConfig } from "@baichuan2/model";
import { expect, it } from "vitest";
import { initialWeights } from "./initial-weights.ts";
import { configOf, MODELS } from "./shapes.ts";

const MB = 1e6;
const limits = { rope: 8 * MB, alibi: 3 * MB };

it.each(MODELS)("the first weights of %s are normal with deviation 0.02, norms are 1", (model) => {
  const config = readModelConfig(configOf(model), "config.json");
  expect(config.positionScheme).toBe(model);
  const weights = initialWeights({ ...config, vocabSize: 512, numHiddenLayers: 1 }, 1);
  const head = weights.get("lm_head.weight") ?? new Float32Array();
  const mean = head.reduce((sum, value) => sum + value, 0) / head.length;
  const square = head.reduce((sum, value) => sum + value ** 2, 0) / head.length;
  // 512 · C numbers: the standard error of the mean is below 0.02 / sqrt(80 000) = 7e-5, so 4e-4 is 5 of them.
  expect(Math.abs(mean)).toBeLessThan(4e-4);
  expect(Math.sqrt(square)).toBeCloseTo(0.02, 3);
  expect(new Set(weights.get("model.norm.weight"))).toEqual(new Set([1]));
});

it.each(MODELS)("%s is as small in bfloat16 as a repository can carry", (model) => {
  const config = readModelConfig(configOf(model), "config.json");
  const shapes = [...expectedTensors(config).values()];
  const parameters = shapes.reduce((sum, [rows = 1, columns = 1]) => sum + rows * columns, 0);
  expect(2 * parameters).toBeLessThanOrEqual(limits[model]);
});
