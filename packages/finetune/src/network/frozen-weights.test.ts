import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantizeCheckpoint } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFrozenBase } from "../trainer/open-base.ts";
import { relativeError } from "./__fixtures__/golden-trainer.ts";
import { EMBEDDINGS, LM_HEAD } from "./parameters.ts";

/** A random model of 3 layers and 512 tokens. */
const path = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));
const UP = "model.layers.0.mlp.up_proj.weight";
const NEXT_UP = "model.layers.1.mlp.up_proj.weight";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "frozen-"));
});
afterAll(() => rm(folder, { recursive: true }));

const open = async (dtype: "auto" | "float32" | "nf4" | "int8" | "int4", at = path) =>
  (await openFrozenBase({ kind: "checkpoint", path: at }, dtype, {})).weights;

describe("frozen weights", () => {
  it.each([
    ["nf4", 0.12],
    ["int8", 0.012],
  ] as const)(
    "in %s are the numbers of the checkpoint, but for the rounding",
    async (dtype, bound) => {
      const exact = (await open("float32")).get(UP)?.slice() ?? new Float32Array();
      const rounded = (await open(dtype)).get(UP) ?? new Float32Array();
      expect(relativeError(rounded, exact)).toBeLessThan(bound);
      expect(relativeError(rounded, exact)).toBeGreaterThan(1e-4);
    },
  );

  it("share room between layers, and are decoded again when the room was another layer's", async () => {
    const weights = await open("nf4");
    const first = weights.get(UP)?.slice();
    const room = weights.get(NEXT_UP);
    expect(weights.get(UP)).toBe(room);
    expect(weights.get(UP)).toEqual(first);
  });

  it("give single rows of the embeddings", async () => {
    const weights = await open("nf4");
    const all = weights.get(EMBEDDINGS) ?? new Float32Array();
    const C = weights.row(EMBEDDINGS, 0)?.length ?? 0;
    expect(weights.row(EMBEDDINGS, 7)).toEqual(all.slice(7 * C, 8 * C));
  });

  it("have a head whose rows are of unit length", async () => {
    const weights = await open("float32");
    const row = weights.row(LM_HEAD, 11) ?? new Float32Array();
    expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
  });

  it("are taken as a quantized checkpoint holds them", async () => {
    const output = join(folder, "nf4");
    await quantizeCheckpoint(path, output, { format: "nf4" });
    const stored = await open("auto", output);
    const now = await open("nf4");
    expect(stored.get(UP)).toEqual(now.get(UP));
  });
});
