import { describeShared, readGolden, sharedData, type GoldenFile } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import type { BatchItem, Decoder } from "./decoder.ts";
import { backends, openGoldenDecoder } from "./golden-models.ts";

/** float32 against PyTorch's float32, logits up to ±12 (data/model/README.md). */
const LOGITS_TOLERANCE = 1e-4;

const formats = {
  t7: [
    "bin-bf16",
    "bin-sharded-bf16",
    "bin-legacy-bf16",
    "bin-parameter-bf16",
    "bin-views-bf16",
    "safetensors-bf16",
    "safetensors-sharded-bf16",
  ],
  t13: ["bin-sharded-bf16", "safetensors-bf16"],
  hd7: ["safetensors-bf16"],
  hd13: ["bin-bf16"],
};
const models = Object.entries(formats).map(([model, [first = ""]]) => ({
  model,
  folder: `${model}/${first}`,
}));
const folders = Object.entries(formats).flatMap(([model, names]) =>
  names.map((name) => ({ model, folder: `${model}/${name}` })),
);

const goldenOf = (model: string): GoldenFile =>
  readGolden(sharedData(`model/forward/${model}.manifest.json`));

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(want.length);
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs((got[i] ?? NaN) - (want[i] ?? NaN));
    worst = difference <= worst ? worst : difference; // NaN sticks
  }
  expect(worst, what).toBeLessThanOrEqual(LOGITS_TOLERANCE);
}

async function logitsOf(decoder: Decoder, tokenIds: readonly number[]): Promise<Float32Array> {
  const sequence = decoder.createSequence();
  const [logits = new Float32Array()] = await decoder.forward([
    { sequence, tokenIds, logits: "all" },
  ]);
  decoder.free(sequence);
  return logits;
}

const promptNames = (golden: GoldenFile): string[] =>
  golden.names
    .filter((name) => /^p\d.*\.ids$/.test(name))
    .map((name) => name.slice(0, -".ids".length));

describeShared("logits of the original code", "model/forward", () => {
  it.each(folders)("are met by $folder on ort-node", async ({ model, folder }) => {
    const golden = goldenOf(model);
    await using decoder = await openGoldenDecoder(folder, await backends["ort-node"]!());
    for (const prompt of promptNames(golden)) {
      const got = await logitsOf(decoder, [...golden.ints(`${prompt}.ids`)]);
      if (golden.names.includes(`${prompt}.logits`))
        expectClose(got, golden.floats(`${prompt}.logits`), prompt);
      else
        expectClose(
          got.subarray(-8 * decoder.config.vocabSize),
          golden.floats(`${prompt}.logits_last8`),
          prompt,
        );
    }
  });

  it.each(["t7/bin-bf16", "t13/safetensors-bf16"])(
    "are met by %s on the reference backend",
    async (folder) => {
      const golden = goldenOf(folder.split("/")[0] ?? "");
      await using decoder = await openGoldenDecoder(folder, await backends["reference"]!());
      const got = await logitsOf(decoder, [...golden.ints("p1_len7.ids")]);
      expectClose(got, golden.floats("p1_len7.logits"), "p1_len7");
    },
  );

  it.each(["bin-fp32", "safetensors-fp16"])(
    "are met by the %s rounding of the weights",
    async (variant) => {
      const golden = goldenOf("t7");
      await using decoder = await openGoldenDecoder(`t7/${variant}`, await backends["ort-node"]!());
      const got = await logitsOf(decoder, [...golden.ints("p2_len33.ids")]);
      expectClose(got, golden.floats(`variant.${variant}.p2_len33.logits`), variant);
    },
  );
});

describeShared("hidden states of the original code", "model/forward", () => {
  it.each(models)("are met layer by layer by $folder", async ({ model, folder }) => {
    const golden = goldenOf(model);
    const states = golden.names.filter((name) => name.startsWith("states."));
    await using decoder = await openGoldenDecoder(folder, await backends["ort-node"]!(), {
      trace: true,
    });
    await logitsOf(decoder, [...golden.ints(`${String(golden.meta["hidden_states_prompt"])}.ids`)]);
    for (const name of states) {
      expectClose(
        decoder.traced[name.slice("states.".length)]?.data ?? [],
        golden.floats(name),
        name,
      );
    }
  });
});

describeShared("the KV cache of the original code", "model/forward", () => {
  it.each(models)("is met by $folder: prefill, then single steps", async ({ model, folder }) => {
    const golden = goldenOf(model);
    if (!golden.names.includes("kv.ids")) return expect(["hd7", "hd13"]).toContain(model);
    const tokenIds = [...golden.ints("kv.ids")];
    await using decoder = await openGoldenDecoder(folder, await backends["ort-node"]!());
    const V = decoder.config.vocabSize;
    const sequence = decoder.createSequence();
    const want = golden.floats("kv.step_logits");
    const prefill = tokenIds.length - want.length / V + 1;
    const run = async (ids: number[]) =>
      (await decoder.forward([{ sequence, tokenIds: ids, logits: "last" }]))[0] ?? [];
    expectClose(await run(tokenIds.slice(0, prefill)), want.subarray(0, V), "prefill");
    for (const [step, id] of tokenIds.slice(prefill).entries()) {
      expectClose(await run([id]), want.subarray((step + 1) * V, (step + 2) * V), `step ${step}`);
    }
  });

  it.each(models)(
    "gives the same logits of $folder whole, in chunks of 5 and token by token",
    async ({ model, folder }) => {
      const golden = goldenOf(model);
      const tokenIds = [...golden.ints("p2_len33.ids")];
      await using decoder = await openGoldenDecoder(folder, await backends["ort-node"]!());
      const whole = await logitsOf(decoder, tokenIds);
      for (const size of [5, 1]) {
        const sequence = decoder.createSequence();
        const parts: number[] = [];
        for (let start = 0; start < tokenIds.length; start += size) {
          const chunk = tokenIds.slice(start, start + size);
          const [logits = []] = await decoder.forward([
            { sequence, tokenIds: chunk, logits: "all" },
          ]);
          parts.push(...logits);
        }
        decoder.free(sequence);
        expectClose(parts, whole, `chunks of ${size}`);
      }
    },
  );
});

describeShared("padded batches of the original code", "model/forward", () => {
  const cases = models.filter(({ model }) => model.startsWith("t"));
  describe.each(["left", "right"])("%s padding", (side) => {
    it.each(cases)("is met by $folder without any padding", async ({ model, folder }) => {
      const golden = goldenOf(model);
      const [B = 0, T = 0] = golden.array(`${side}.ids`).shape;
      const [ids, mask, want] = [
        golden.ints(`${side}.ids`),
        golden.ints(`${side}.mask`),
        golden.floats(`${side}.logits`),
      ];
      await using decoder = await openGoldenDecoder(folder, await backends["ort-node"]!());
      const V = decoder.config.vocabSize;
      const columns = Array.from({ length: B }, (_, b) =>
        Array.from({ length: T }, (_, t) => b * T + t).filter((i) => mask[i] !== 0),
      );
      const batch = columns.map((cells): BatchItem => ({
        sequence: decoder.createSequence(),
        tokenIds: cells.map((i) => ids[i] ?? 0),
        logits: "all",
      }));
      for (const [b, rows] of (await decoder.forward(batch)).entries()) {
        for (const [t, cell] of (columns[b] ?? []).entries()) {
          expectClose(
            rows.subarray(t * V, (t + 1) * V),
            want.subarray(cell * V, (cell + 1) * V),
            `row ${b}, token ${t}`,
          );
        }
      }
    });
  });
});
