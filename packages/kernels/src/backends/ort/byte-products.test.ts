import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { linear } from "../../ops/linear/op.ts";
import type { WeightReader } from "../../backend.ts";
import { exactByteDType, type ByteDType } from "./byte-products.ts";
import { sameResults } from "./packed/same-results.ts";
import { StagingStore } from "./staging-store.ts";
import { toOnnx } from "./to-onnx.ts";
import { storeWeights } from "./weight-store.ts";

/** Signed codes below 64, whose products saturate nowhere. */
function codes(count: number): Int8Array {
  return Int8Array.from({ length: count }, (_, i) => ((i * 37) % 127) - 63);
}

const [O, C] = [24, 32];
const scales = new Float32Array(O).fill(0.01);
const readers: Record<string, WeightReader> = {
  int8: {
    async *read() {
      yield { CB: codes(O * C), SCB: scales };
    },
  },
  int16: {
    async *read() {
      yield { high: codes(O * C), low: codes(O * C), scales };
    },
  },
};

it.each(["int8", "int16"] as const)(
  "a linear of %s gives the same bits with signed and with unsigned bytes",
  async (kind) => {
    const g = new Graph();
    g.output("y", linear(g, g.input("x", "f32", ["S+T", C]), g.weight("w", [O, C], { kind })));
    const directory = await mkdtemp(join(tmpdir(), "byte-products-"));
    const stage = async (bytes: ByteDType): Promise<string> => {
      const store = await StagingStore.create(directory);
      const reader = readers[kind] as WeightReader;
      const { initializers } = await storeWeights(g, reader, store, { bytes });
      return store.finish(toOnnx(g, initializers));
    };
    try {
      const sessions = {
        runtime: ort.InferenceSession,
        OrtTensor: ort.Tensor,
        bytes: await exactByteDType(ort.InferenceSession, ort.Tensor),
        threads: 1,
      };
      const paths = [await stage("i8"), await stage("u8")];
      expect(await sameResults(g, sessions, paths)).toBe(true);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);
