import { f32, Graph, linear } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import type { StoredInt8 } from "../checkpoint/quantized/stored-linear.ts";
import { storedChunks } from "./stored-linear-chunks.ts";

/** Outlier columns are summed in float32 in another order, of results up to 11: 1.2e-4 was seen. */
const TOLERANCE = 1e-3;

async function product(stored: StoredInt8, x: Float32Array): Promise<Float32Array> {
  const [, C] = stored.shape;
  const g = new Graph();
  const weight = g.weight(stored.name, stored.shape, { kind: "int8" });
  g.output("y", linear(g, g.input("x", "f32", ["T", C]), weight));
  const backend = await createOrtNodeBackend();
  await using executable = await backend.compile(g, {
    read: (_, signal) => storedChunks(stored, signal),
  });
  const { y } = await executable.run({ x: f32(x, [x.length / C, C]) });
  return y?.data as Float32Array;
}

describeShared("recorded products of LLM.int8() linears", "model/quant", () => {
  it.each(["t7", "t13"])("are met by the CPU backend for layers 0 and 1 of %s", async (model) => {
    const golden = readGolden(sharedData("model/quant/models.manifest.json"));
    await using checkpoint = await openCheckpoint(
      sharedData(`model/models/${model}/int8-safetensors`),
    );
    const linears = await openQuantizedLinears(checkpoint);
    const recorded = golden.names.filter((name) => /^t\d+\.int8\..*\.y$/.test(name));
    const own = recorded.filter((name) => name.startsWith(`${model}.`));
    expect(own).toHaveLength(10);
    for (const key of own) {
      const name = key.replace(/^t\d+\.int8\.(.*)\.y$/, "$1.weight");
      const x = Float32Array.from(golden.floats(key.replace(/y$/, "x")));
      const got = await product(linears.get(name) as StoredInt8, x);
      const want = Float32Array.from(golden.floats(key));
      expect(got).toHaveLength(want.length);
      const worst = want.reduce((max, value, i) => {
        const error = Math.abs((got[i] ?? NaN) - value);
        return error <= max ? max : error; // NaN sticks
      }, 0);
      expect(worst, key).toBeLessThan(TOLERANCE);
    }
  });
});
