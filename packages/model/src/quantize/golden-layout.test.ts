/** The tensors written here against those that transformers and bitsandbytes wrote. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { expectedTensors } from "../config.ts";
import { quantizeCheckpoint } from "./quantize-checkpoint.ts";

let out = "";
beforeEach(async () => {
  out = join(await mkdtemp(join(tmpdir(), "layout-")), "out");
});
afterEach(() => rm(join(out, ".."), { recursive: true }));

/** The state that bitsandbytes keeps as JSON; ours is padded to a length known beforehand. */
const STATE = /\.quant_state\.bitsandbytes__nf4$/;

/** Embeddings, head and norms. */
const isFloat = ({ config }: Checkpoint, name: string): boolean =>
  expectedTensors(config).has(name) && !/\.(self_attn|mlp)\./.test(name);

async function states(checkpoint: Checkpoint, name: string) {
  const text = new TextDecoder().decode(await checkpoint.readBytes(name));
  return JSON.parse(text) as Record<string, unknown>;
}

async function expectLayout(source: string, golden: string, format: "nf4" | "int8") {
  await quantizeCheckpoint(sharedData(`model/models/${source}`), out, { format, threads: 1 });
  const ours = await openCheckpoint(out);
  const theirs = await openCheckpoint(sharedData(`model/models/${golden}`));
  expect([...ours.tensors.keys()].toSorted()).toEqual([...theirs.tensors.keys()].toSorted());
  for (const [name, { dtype, shape }] of theirs.tensors) {
    if (isFloat(ours, name)) expect(ours.tensors.get(name), name).toMatchObject({ shape });
    else if (!STATE.test(name))
      expect(ours.tensors.get(name), name).toMatchObject({ dtype, shape });
  }
  return { ours, theirs };
}

describeShared("checkpoints in the layout of bitsandbytes", "model/models/t7", () => {
  it.each(["t7", "t13"])("%s in nf4 has the golden bytes", async (model) => {
    const folders = [`${model}/safetensors-bf16`, `${model}/nf4-safetensors`] as const;
    const { ours, theirs } = await expectLayout(...folders, "nf4");
    await using _ours = ours;
    await using _theirs = theirs;
    // Cast to 16 bits before they were saved: to float16 (t7), or not at all (t13). Ours keep the source's bfloat16.
    const floats = { t7: "f16", t13: "bf16" }[model];
    for (const [name, { dtype }] of theirs.tensors) {
      if (isFloat(theirs, name)) expect(dtype).toBe(floats);
      if (STATE.test(name)) expect(await states(ours, name)).toEqual(await states(theirs, name));
      else if (ours.tensors.get(name)?.dtype === dtype)
        expect(await ours.readBytes(name), name).toEqual(await theirs.readBytes(name));
    }
  });

  it.each(["t7", "t13"])("%s in int8 has the golden keys, dtypes and shapes", async (model) => {
    // Their numbers differ: the golden int8 models have other norms and weights.
    const folders = [`${model}/safetensors-bf16`, `${model}/int8-safetensors`] as const;
    const { ours, theirs } = await expectLayout(...folders, "int8");
    await ours[Symbol.asyncDispose]();
    await theirs[Symbol.asyncDispose]();
  });
});
