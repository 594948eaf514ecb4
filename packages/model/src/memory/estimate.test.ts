import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsupportedError, type WeightReader } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { readModelConfig, type ModelConfig } from "../config.ts";
import { buildInferenceGraph } from "../network/inference-graph.ts";
import { syntheticWeights } from "../network/synthetic-weights.ts";
import { planWeights, type WeightOptions } from "../network/weight-plan.ts";
import { estimate, estimatePlan } from "./estimate.ts";

/** Two layers of 128 numbers, 4 heads, 320 inside, 1000 tokens: rows that fill no whole panel of 16. */
const tiny: ModelConfig = readModelConfig(
  {
    architectures: ["BaichuanForCausalLM"],
    hidden_size: 128,
    intermediate_size: 320,
    num_attention_heads: 4,
    num_hidden_layers: 2,
    vocab_size: 1000,
    max_position_embeddings: 64,
  },
  "tiny",
);

const formats: [string, WeightOptions][] = [
  ["float32", { dtype: "float32" }],
  ["int8", { dtype: "int8" }],
  ["nf4", { dtype: "nf4" }],
  ["int4", { dtype: "int4" }],
  [
    "int4 in blocks of 32, head and embeddings in 8 bits",
    { dtype: "int4", blockSize: 32, quantizeHead: true, quantizeEmbeddings: true },
  ],
  ["int4 with its head", { dtype: "int4", quantizeHead: 4 }],
  ["exact nf4", { dtype: "nf4", exact: true }],
];

const keptFormats = formats.filter(([, { dtype, exact }]) => dtype !== "float32" && !exact);

describe("estimate", () => {
  it("counts the bytes of a 7B in int4 as worked out by hand", () => {
    // a layer: 3·4096² + 4096² + 3·4096·11008 = 202 375 168 weights, half a byte each; in 3 162 112 blocks of 64 with a
    // scale and a sum (4 bytes each); 126 bytes of alignment for each of five matrices
    const layer = 101_187_584 + 3_162_112 * 8 + 5 * 126;
    // the head: two planes of 125 696 rows with 4096 bytes and a sum
    const head = 2 * 125_696 * (4096 + 4);
    const { weightsBytes, cacheBytes, embeddingsBytes } = estimate({
      variant: "7b",
      dtype: "int4",
      context: 100,
      batch: 3,
    });
    expect(weightsBytes).toBe(32 * layer + head);
    expect(cacheBytes).toBe(3 * 100 * 32 * 2 * 32 * 128 * 4);
    expect(embeddingsBytes).toBe(2 * 125_696 * 4096);
  });

  it("counts float32 matrices and embeddings in four bytes", () => {
    const { weightsBytes, embeddingsBytes, packedCache } = estimate({ variant: "13b" });
    // 40 layers of 4·5120² + 3·5120·13696 weights and the head, 125 696 · 5120
    expect(weightsBytes).toBe(4 * (40 * (4 * 5120 ** 2 + 3 * 5120 * 13_696) + 125_696 * 5120));
    expect(embeddingsBytes).toBe(4 * 125_696 * 5120);
    expect(packedCache).toBeUndefined();
  });

  it.each(formats)(
    "tells the size of the file that loading writes for %s",
    async (_name, options) => {
      const { load } = estimate({ ...options, variant: tiny });
      // The last region is not filled up to a multiple of 64 KiB.
      const written = await stagedBytes(options);
      expect(Math.ceil(written / 65_536) * 65_536).toBe(load.diskBytes);
    },
  );

  it.each(formats)("tells how many bytes the weights of %s have in it", async (_name, options) => {
    const { parts, reader } = await planned(options);
    let total = 0;
    const backend = await createOrtNodeBackend();
    await using _model = await backend.compile(parts.graph, reader, {
      onProgress: (_done, all) => (total = all),
    });
    expect(parts.storedBytes).toBe(total);
  });

  it.for(keptFormats)(
    "counts the bytes that onnxruntime packs matrices of %s to",
    async ([, options], { skip }) => {
      skip(process.arch !== "x64", "other processors pack otherwise");
      const { weightsBytes } = estimate({ ...options, variant: tiny });
      // int8 has a folded constant besides: a number for each of a layer's 3·128 + 128 + 2·320 + 128 rows
      const folded = options.dtype === "int8" ? 4 * 2 * 1280 : 0;
      expect(await packedBytes(options)).toBe(weightsBytes - folded);
    },
  );

  it("grows with context and batch, and never with a smaller number type", () => {
    const sizes = fc.record({
      context: fc.integer({ min: 1, max: 5000 }),
      batch: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(sizes, ({ context, batch }) => {
        const of = (dtype: "int4" | "int8" | "float32", more = 0) =>
          estimate({ variant: tiny, dtype, context: context + more, batch: batch + more })
            .runningBytes;
        expect(of("int4", 1)).toBeGreaterThan(of("int4"));
        expect(of("int4")).toBeLessThan(of("int8"));
        expect(of("int8")).toBeLessThan(of("float32"));
      }),
      { numRuns: 50 },
    );
  });

  it("keeps the work space of long contexts in bounds, because their chunks are smaller", () => {
    const workOf = (context: number) =>
      estimate({ variant: "7b", dtype: "int4", context }).workBytes;
    expect(workOf(32_768)).toBeLessThan(1.1 * workOf(4096));
    expect(estimate({ variant: "7b", prefillRows: 16 }).workBytes).toBeLessThan(workOf(4096) / 8);
  });

  it("refuses what loading would refuse", () => {
    expect(() => estimate({ variant: "7b", dtype: "float32", quantizeHead: true })).toThrow(
      UnsupportedError,
    );
    const odd = { ...tiny, intermediateSize: 176 };
    expect(() => estimate({ variant: odd, dtype: "int4" })).toThrow(CheckpointError);
  });
});

/** The graph of the tiny model, its weights, and their bytes in the file by the estimate. */
async function planned(options: WeightOptions) {
  const plan = planWeights({ path: "tiny", tensors: new Map(), linears: new Map() }, options);
  const graph = buildInferenceGraph(tiny, plan);
  const { load } = estimatePlan(tiny, plan, { keepsPacked: false });
  return { parts: { graph, storedBytes: load.storedBytes }, reader: syntheticWeights(graph, 1) };
}

/** Bytes of the matrices in a folder of packed weights, as its model names them: `key|offset;size;checksum`. */
async function packedBytes(options: WeightOptions): Promise<number> {
  const packedCacheDir = await mkdtemp(join(tmpdir(), "estimate-"));
  try {
    const { parts, reader } = await planned(options);
    const backend = await createOrtNodeBackend({ packedCacheDir });
    await using _model = await backend.compile(parts.graph, reader);
    const [entry = ""] = await readdir(packedCacheDir);
    const model = await readFile(join(packedCacheDir, entry, "model.onnx"), "latin1");
    return [...model.matchAll(/\|\d+;(\d+);\d+/g)].reduce((sum, [, size]) => sum + Number(size), 0);
  } finally {
    await rm(packedCacheDir, { recursive: true, force: true });
  }
}

/** Bytes of the staging file when the last weight has been written. */
async function stagedBytes(options: WeightOptions): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "estimate-"));
  const { parts, reader } = await planned(options);
  const last = parts.graph.weights.at(-1)?.name;
  let sizeBytes = 0;
  const watched: WeightReader = {
    async *read(name, signal) {
      yield* reader.read(name, signal);
      if (name !== last) return;
      const [staging = ""] = await readdir(directory);
      sizeBytes = (await stat(join(directory, staging, "weights.bin"))).size;
    },
  };
  try {
    const backend = await createOrtNodeBackend({ stagingDir: directory });
    await using _model = await backend.compile(parts.graph, watched);
    return sizeBytes;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
