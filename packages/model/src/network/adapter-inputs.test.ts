import { describe, expect, it } from "vitest";
import { readModelConfig } from "../config.ts";
import { smallConfig } from "../quantize/__fixtures__/write-float-checkpoint.ts";
import { buildInferenceGraph } from "./inference-graph.ts";

const config = readModelConfig(smallConfig, "small");
const inputsOf = (adapters: boolean) => buildInferenceGraph(config, { adapters }).inputs;

describe("a graph with adapters", () => {
  it("takes a mask for each of five linears, and A and B for each of them in each layer", () => {
    const plain = new Set(inputsOf(false).map(({ name }) => name));
    const added = inputsOf(true).filter(({ name }) => !plain.has(name));
    expect(added).toHaveLength(5 + 5 * 2 * config.numHiddenLayers);
    const shapes = new Map(added.map(({ name, shape }) => [name, shape]));
    const [C, F] = [config.hiddenSize, config.intermediateSize];
    expect(shapes.get("lora_mask.mlp.down_proj")).toEqual(["T", "r.mlp.down_proj"]);
    expect(shapes.get("model.layers.1.mlp.down_proj.lora_A")).toEqual(["r.mlp.down_proj", F]);
    expect(shapes.get("model.layers.1.mlp.down_proj.lora_B")).toEqual(["r.mlp.down_proj", C]);
  });

  it("has the weights and outputs of the one without, which has nothing of adapters", () => {
    const [plain, adapted] = [false, true].map((adapters) =>
      buildInferenceGraph(config, { adapters }),
    );
    expect(adapted?.weights.map(({ name }) => name)).toEqual(
      plain?.weights.map(({ name }) => name),
    );
    expect([...(adapted?.outputs.keys() ?? [])]).toEqual([...(plain?.outputs.keys() ?? [])]);
    expect(plain?.inputs.filter(({ name }) => name?.includes("lora"))).toEqual([]);
  });
});
