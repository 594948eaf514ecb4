import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createReferenceBackend } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { Decoder } from "./decoder.ts";
import { TokenIdError } from "./token-id-error.ts";

const fixture = fileURLToPath(new URL("../checkpoint/__fixtures__/t7-bin-bf16", import.meta.url));
const golden = JSON.parse(
  readFileSync(new URL("./__fixtures__/t7-forward.json", import.meta.url), "utf8"),
) as { tokenIds: number[]; firstLogits: number[]; lastLogits: number[] };

/** float32 against PyTorch's float32; the fixture is rounded to six decimals. */
const TOLERANCE = 1e-4;

const furthest = (got: Float32Array, want: ArrayLike<number>): number =>
  got.length === want.length
    ? got.reduce((max, value, i) => Math.max(max, Math.abs(value - (want[i] ?? NaN))), 0)
    : NaN;

describe.each([
  ["reference", createReferenceBackend],
  ["ort-node", () => createOrtNodeBackend()],
])("the decoder on %s", (_name, createBackend) => {
  let decoder: Decoder;
  beforeAll(async () => {
    await using checkpoint = await openCheckpoint(fixture);
    decoder = await Decoder.create(
      checkpoint.config,
      await createBackend(),
      checkpointWeights(checkpoint),
    );
  });
  afterAll(() => decoder.dispose());

  it("gives PyTorch's logits of a real checkpoint file", async () => {
    const sequence = decoder.createSequence();
    const { tokenIds } = golden;
    const [logits = new Float32Array()] = await decoder.forward([
      { sequence, tokenIds, logits: "all" },
    ]);
    const V = decoder.config.vocabSize;
    expect(furthest(logits.subarray(0, V), golden.firstLogits)).toBeLessThan(TOLERANCE);
    expect(furthest(logits.subarray(-V), golden.lastLogits)).toBeLessThan(TOLERANCE);
    decoder.free(sequence);
  });

  it("keeps sequences apart that share a run and a pool", async () => {
    const [a, b] = [decoder.createSequence(), decoder.createSequence()];
    const { tokenIds } = golden;
    await decoder.forward([
      { sequence: a, tokenIds: tokenIds.slice(0, 2), logits: "none" },
      { sequence: b, tokenIds: [9, 8, 7, 6], logits: "none" },
    ]);
    await decoder.forward([{ sequence: b, tokenIds: [5], logits: "none" }]);
    const [, logits = new Float32Array()] = await decoder.forward([
      { sequence: b, tokenIds: [4, 3], logits: "none" },
      { sequence: a, tokenIds: tokenIds.slice(2), logits: "last" },
    ]);
    expect(furthest(logits, golden.lastLogits)).toBeLessThan(TOLERANCE);
    decoder.free(a);
    decoder.free(b);
  });

  it("refuses an id without an embedding and leaves the sequence as it was", async () => {
    const sequence = decoder.createSequence();
    const bad = decoder.forward([{ sequence, tokenIds: [1, 512], logits: "last" }]);
    await expect(bad).rejects.toThrow(TokenIdError);
    expect(sequence.slots).toEqual([]);
  });
});
