import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { loadModel } from "../load-model.ts";
import { openGoldenDecoder, backends } from "../network/golden-models.ts";
import { loadAdapter } from "./node-load-adapter.ts";

/** float32 against PEFT's float32, logits up to ±12 (data/model/README.md). */
const LOGITS_TOLERANCE = 1e-4;

/** 8 bits for each linear's weights and for its inputs, against float32; the adapter itself is float32. */
const INT8_RMS = 0.15;

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(got.length).toBe(want.length);
  expect(Math.max(...differences(got, want))).toBeLessThanOrEqual(LOGITS_TOLERANCE);
}

function differences(got: ArrayLike<number>, want: ArrayLike<number>): number[] {
  return Array.from(want, (value, i) => Math.abs(value - (got[i] ?? NaN)));
}

describe.each(["t7", "t13"])("an adapter on %s", (model) => {
  describeShared("gives PEFT's logits", `model/lora/${model}.manifest.json`, () => {
    const golden = readGolden(sharedData(`model/lora/${model}.manifest.json`));
    const base = sharedData(`model/models/${model}/safetensors-bf16`);
    const folder = (rank: string, kind = "final-safetensors"): string =>
      sharedData(`model/lora/${model}-${rank}/${kind}`);
    const idsOf = (rank: string): number[] => [...golden.ints(`${rank}.logits_ids`)];

    it.each(["r1", "r8"])("with rank %s", async (rank) => {
      const path = folder(rank);
      await using tuned = await loadModel(base, { adapter: path });
      const { data } = await tuned.logits(idsOf(rank));
      expectClose(data, golden.floats(`${rank}.logits_unmerged`));
    });

    it("on the reference backend", async () => {
      await using decoder = await openGoldenDecoder(
        `${model}/safetensors-bf16`,
        await backends["reference"]!(),
        { adapters: true },
      );
      const source = { name: "a", path: folder("r8", "final-bin") };
      decoder.adapters?.add(await loadAdapter(source, decoder.config));
      const sequence = decoder.createSequence(decoder.adapters?.get("a"));
      const item = { sequence, tokenIds: idsOf("r8"), logits: "all" } as const;
      const [logits = []] = await decoder.forward([item]);
      expectClose(logits, golden.floats("r8.logits_unmerged"));
    });

    it("near enough on weights in int8, and other ones without it", async () => {
      await using tuned = await loadModel(base, { adapter: folder("r8"), dtype: "int8" });
      const want = golden.floats("r8.logits_unmerged");
      const rms = (got: Float32Array): number =>
        Math.sqrt(differences(got, want).reduce((sum, d) => sum + d * d, 0) / want.length);
      const ids = idsOf("r8");
      expect(rms((await tuned.logits(ids)).data)).toBeLessThan(INT8_RMS);
      expect(rms((await tuned.logits(ids, { adapter: null })).data)).toBeGreaterThan(2 * INT8_RMS);
    });
  });
});
