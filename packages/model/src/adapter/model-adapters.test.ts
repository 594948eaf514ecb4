import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UnsupportedError } from "@baichuan2/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SequenceFileError } from "../cache/sequence-file-error.ts";
import { loadModel } from "../load-model.ts";
import { MemoryLimitError } from "../memory/memory-limit-error.ts";
import type { Model } from "../model.ts";
import { writeAdapter } from "./__fixtures__/write-adapter.ts";
import { AdapterError } from "./adapter-error.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));
const ids = [1, 40, 7, 93, 21, 300, 12];

/** Sums over other rows of a run differ in the last bits. */
const ROUNDING = 1e-4;

let folder = "";
let poet = "";
let clerk = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adapters-"));
  await using model = await loadModel(tinyChat);
  poet = await writeAdapter(join(folder, "poet"), model.config, { rank: 2 });
  clerk = await writeAdapter(join(folder, "clerk"), model.config, {
    rank: 3,
    targets: ["W_pack", "o_proj", "gate_proj", "down_proj"],
    layers: [0, 2],
    ranks: { "2.self_attn.o_proj": 5 },
    seed: 4,
  });
});
afterAll(() => rm(folder, { recursive: true }));

const logitsOf = async (model: Model, adapter?: string | null): Promise<Float32Array> =>
  (await model.logits(ids, { adapter })).data;

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));

const greedy = { doSample: false, maxNewTokens: 12, ignoreEos: true } as const;

describe("a model with adapters", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(tinyChat, { adapters: { poet, clerk } });
  });
  afterAll(() => model.dispose());

  it("lists them", () => {
    expect(model.adapters).toMatchObject([
      { name: "poet", path: poet, rank: 2, scale: 1, targets: ["self_attn.W_pack"] },
      { name: "clerk", rank: 5, targets: expect.arrayContaining(["mlp.down_proj"]) },
    ]);
  });

  it("runs without one unless a request names it, as if it had none", async () => {
    await using base = await loadModel(tinyChat);
    const plain = await logitsOf(base);
    expect(largestDifference(await logitsOf(model), plain)).toBeLessThan(ROUNDING);
    expect(largestDifference(await logitsOf(model, "poet"), plain)).toBeGreaterThan(0.01);
  });

  it("gives each of many requests at once what it gives it alone", async () => {
    const choices = ["poet", null, "clerk", "poet", null, "clerk"];
    const alone: (readonly number[])[] = [];
    for (const adapter of choices)
      alone.push((await model.generate({ tokenIds: ids }, { ...greedy, adapter })).tokenIds);
    const together = await Promise.all(
      choices.map((adapter) => model.generate({ tokenIds: ids }, { ...greedy, adapter })),
    );
    expect(together.map(({ tokenIds }) => tokenIds)).toEqual(alone);
    expect(new Set(alone.slice(0, 3).map(String)).size).toBe(3);
  });

  it("takes one in every call that runs the network", async () => {
    const text = { tokenIds: ids };
    const next = { tokenIds: [5, 9] };
    const calls: ((adapter: string | null) => Promise<unknown>)[] = [
      (adapter) => logitsOf(model, adapter),
      (adapter) => model.score(text, next, { adapter }),
      (adapter) => model.score(text, [next, next], { adapter }),
      (adapter) => model.perplexity(text, { adapter }),
      (adapter) => model.perplexity([text, text], { adapter, window: 4 }),
      (adapter) => model.embed(text, { adapter }),
      (adapter) => model.embed([text], { adapter }),
      (adapter) => model.chat([{ role: "user", content: "你好" }], { ...greedy, adapter }),
    ];
    for (const call of calls) {
      const [plain, poems] = [await call(null), await call("poet")];
      expect(poems).not.toEqual(plain);
    }
  });

  it("a sequence keeps its adapter, in forks and in files", async () => {
    await using sequence = await model.createSequence({ tokenIds: ids }, { adapter: "poet" });
    await using fork = await sequence.fork();
    expect([sequence.adapter, fork.adapter]).toEqual(["poet", "poet"]);
    const { tokenIds } = await model.generate({ tokenIds: ids }, { ...greedy, adapter: "poet" });
    expect((await sequence.generate(greedy)).tokenIds).toEqual(tokenIds);
    const path = join(folder, "sequence");
    await fork.save(path);
    await using restored = await model.restoreSequence(path);
    expect(restored.adapter).toBe("poet");
    expect((await restored.generate(greedy)).tokenIds).toEqual(tokenIds);
    await expect(fork.generate({ ...greedy, adapter: "clerk" })).rejects.toThrow(UnsupportedError);
  });

  it("names what it knows where a request names another one", async () => {
    const error = await logitsOf(model, "painter").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({ code: "ERR_ADAPTER", problem: "unknown", adapter: "painter" });
    expect(String(error)).toContain('one of "poet", "clerk", got "painter"');
    await expect(model.unloadAdapter("painter")).rejects.toThrow('got "painter"');
    await expect(model.loadAdapter("poet", poet)).rejects.toMatchObject({ problem: "duplicate" });
  });
});

describe("adapters come and go", () => {
  it("while a model runs, and never find what another one left", async () => {
    await using model = await loadModel(tinyChat, { adapters: {} });
    const long = { tokenIds: Array.from({ length: 90 }, (_, i) => (7 * i) % 400) };
    const options = { ...greedy, adapter: "style" };
    const outputs: string[] = [];
    for (const path of [poet, clerk, poet]) {
      const { name } = await model.loadAdapter("style", path);
      expect(model.adapters.map((adapter) => adapter.name)).toEqual([name]);
      const first = await model.generate(long, options);
      expect((await model.generate(long, options)).tokenIds).toEqual(first.tokenIds);
      outputs.push(first.tokenIds.join());
      await model.unloadAdapter("style");
      expect(model.adapters).toEqual([]);
      await expect(model.generate(long, options)).rejects.toMatchObject({ problem: "unknown" });
    }
    expect(outputs[0]).toBe(outputs[2]);
    expect(outputs[0]).not.toBe(outputs[1]);
    const { prefixCache } = await model.stats();
    expect(prefixCache.hits).toBe(3); // the second text of each turn
  });

  it("what has begun with one ends with it", async () => {
    await using model = await loadModel(tinyChat, { adapters: { poet } });
    const options = { ...greedy, maxNewTokens: 60, adapter: "poet" };
    const { tokenIds } = await model.generate({ tokenIds: ids }, options);
    await using sequence = await model.createSequence({ tokenIds: ids }, { adapter: "poet" });
    const stream = model.generateStream({ tokenIds: ids }, options);
    await stream.next();
    await model.unloadAdapter("poet");
    await model.loadAdapter("poet", clerk);
    let step = await stream.next();
    while (!step.done) step = await stream.next();
    expect(step.value.tokenIds).toEqual(tokenIds);
    expect((await sequence.generate({ ...options, adapter: "poet" })).tokenIds).toEqual(tokenIds);
  });

  it("an aborted load leaves nothing behind", async () => {
    await using model = await loadModel(tinyChat, { adapters: {} });
    const controller = new AbortController();
    const loading = model.loadAdapter("poet", poet, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(loading).rejects.toThrow("enough");
    expect(model.adapters).toEqual([]);
    await model.loadAdapter("poet", poet, { scale: 0.5 });
    expect(model.adapters).toMatchObject([{ name: "poet", scale: 0.5 }]);
  });

  it("a sequence of one that is gone is not restored with another", async () => {
    await using model = await loadModel(tinyChat, { adapters: { style: poet } });
    const path = join(folder, "gone");
    await using sequence = await model.createSequence({ tokenIds: ids }, { adapter: "style" });
    await sequence.save(path);
    await model.unloadAdapter("style");
    await model.loadAdapter("style", poet, { scale: 2 });
    await expect(model.restoreSequence(path)).rejects.toThrow(SequenceFileError);
    await model.loadAdapter("other name", poet);
    await using restored = await model.restoreSequence(path);
    expect(restored.adapter).toBe("other name");
  });
});

describe("the adapter that a model is loaded with", () => {
  it("is that of requests that name none", async () => {
    await using model = await loadModel(tinyChat, { adapter: poet });
    const [tuned, plain] = [await logitsOf(model), await logitsOf(model, null)];
    expect(await logitsOf(model, "default")).toEqual(tuned);
    expect(largestDifference(tuned, plain)).toBeGreaterThan(0.01);
  });

  it("scales by what it is told", async () => {
    await using model = await loadModel(tinyChat, { adapter: { path: poet, scale: 0 } });
    expect(await logitsOf(model)).toEqual(await logitsOf(model, null));
  });

  it("when it is gone, requests must say what they want", async () => {
    await using model = await loadModel(tinyChat, { adapter: poet });
    await model.unloadAdapter("default");
    await expect(logitsOf(model)).rejects.toMatchObject({ problem: "unknown" });
    expect(await logitsOf(model, null)).toHaveLength(ids.length * model.config.vocabSize);
  });

  it("outlives quantize", async () => {
    await using model = await loadModel(tinyChat, { adapter: poet });
    await model.loadAdapter("clerk", clerk);
    await model.quantize(8);
    expect(model.adapters.map(({ name }) => name)).toEqual(["default", "clerk"]);
    expect(largestDifference(await logitsOf(model), await logitsOf(model, null))).toBeGreaterThan(
      0.01,
    );
    expect(await logitsOf(model, "clerk")).not.toEqual(await logitsOf(model));
  });
});

describe("adapters in a deterministic model", () => {
  it("the tokens of a sequence do not depend on the others, loaded or running", async () => {
    await using model = await loadModel(tinyChat, { adapter: poet, deterministic: true });
    const alone = await logitsOf(model);
    await model.loadAdapter("clerk", clerk);
    const [again] = await Promise.all([logitsOf(model), logitsOf(model, "clerk")]);
    expect(again).toEqual(alone);
  });
});

it("the largest numbers that an adapter may have stay with the requests that name it", async () => {
  await using model = await loadModel(tinyChat, { adapters: {} });
  const targets = ["W_pack", "o_proj", "gate_proj", "up_proj", "down_proj"];
  const path = await writeAdapter(join(folder, "loud"), model.config, { rank: 2, targets });
  await model.loadAdapter("loud", path, { scale: 1e5 }); // 0.3 · 2 · 1e5 = 60,000
  const { tokenIds } = await model.generate({ tokenIds: ids }, greedy);
  const [plain] = await Promise.all([
    model.generate({ tokenIds: ids }, greedy),
    ...[9, 5].map((id) =>
      model.generate({ tokenIds: [id, ...ids] }, { ...greedy, adapter: "loud" }),
    ),
  ]);
  expect(plain?.tokenIds).toEqual(tokenIds);
});

describe("what cannot be loaded", () => {
  it("is refused before the weights are read", async () => {
    const { config } = await loadModel(tinyChat);
    const wide = { ...config, hiddenSize: 2 * config.hiddenSize };
    const adapter = await writeAdapter(join(folder, "wide"), wide, { rank: 2 });
    const C = config.hiddenSize;
    for (const memoryLimitBytes of [undefined, Infinity])
      await expect(loadModel(tinyChat, { adapter, memoryLimitBytes })).rejects.toMatchObject({
        name: "AdapterError",
        problem: "shape",
        linear: "model.layers.0.self_attn.W_pack",
        expected: `lora_A [2, ${C}] and lora_B [${3 * C}, 2]`,
        actual: `lora_A [2, ${2 * C}] and lora_B [${6 * C}, 2]`,
      });
    const deep = { ...config, numHiddenLayers: 5 };
    const more = await writeAdapter(join(folder, "deep"), deep, { rank: 1 });
    await expect(loadModel(tinyChat, { adapter: more })).rejects.toThrow(
      'expected linears of the 3 layers, got "model.layers.3.self_attn.W_pack"',
    );
  });

  it("two of one name, and scales that are none", async () => {
    await expect(
      loadModel(tinyChat, { adapter: poet, adapters: { default: clerk } }),
    ).rejects.toThrow('adapter "default": expected a name that no adapter has');
    await expect(loadModel(tinyChat, { adapter: { path: poet, scale: NaN } })).rejects.toThrow(
      UnsupportedError,
    );
  });

  it("in a model without support of adapters", async () => {
    await using model = await loadModel(tinyChat);
    expect(model.adapters).toEqual([]);
    for (const call of [model.loadAdapter("poet", poet), logitsOf(model, "poet")])
      await expect(call).rejects.toThrow("loadModel(base, { adapters: {} })");
  });

  it("what memory cannot hold, adapters included", async () => {
    const options = { adapters: { poet, clerk }, memoryLimitBytes: 1000 };
    const error = await loadModel(tinyChat, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MemoryLimitError);
    const { breakdown } = error as MemoryLimitError;
    await using model = await loadModel(tinyChat, { adapters: { poet, clerk } });
    const bytes = model.adapters.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(breakdown.adapterBytes).toBe(2 * bytes);
  });

  it("numbers that a scale makes too large", async () => {
    const adapter = { path: poet, scale: 1e6 };
    await expect(loadModel(tinyChat, { adapter })).rejects.toMatchObject({
      name: "AdapterError",
      problem: "overflow",
      linear: "model.layers.0.self_attn.W_pack.lora_B",
      path: poet,
    });
  });

  it("numbers that are none, which a run with others would give to everybody", async () => {
    await using model = await loadModel(tinyChat, { adapters: { poet, clerk } });
    const before = await logitsOf(model, "poet");
    const path = await writeAdapter(join(folder, "broken"), model.config, { rank: 1, seed: NaN });
    await expect(model.loadAdapter("broken", path)).rejects.toMatchObject({
      name: "CheckpointError",
      path: join(path, "adapter_model.safetensors"),
      tensor: "base_model.model.model.layers.0.self_attn.W_pack.lora_A.weight",
    });
    const [again] = await Promise.all([logitsOf(model, "poet"), logitsOf(model, "clerk")]);
    expect(largestDifference(again ?? before, before)).toBeLessThan(ROUNDING);
  });

  it("a folder that has another adapter when the weights are loaded again", async () => {
    const path = join(folder, "replaced");
    await cp(poet, path, { recursive: true });
    await using model = await loadModel(tinyChat, { adapter: path });
    const before = await logitsOf(model);
    await cp(clerk, path, { recursive: true });
    await expect(model.quantize(8)).rejects.toMatchObject({ problem: "lost", path });
    expect(await logitsOf(model)).toEqual(before);
  });

  it("a folder that is gone when the weights are loaded again", async () => {
    const moved = join(folder, "moved");
    await cp(poet, moved, { recursive: true });
    await using model = await loadModel(tinyChat, { adapter: moved });
    await rm(moved, { recursive: true });
    await expect(model.quantize(8)).rejects.toThrow("expected the config of an adapter");
    expect(await logitsOf(model)).toHaveLength(ids.length * model.config.vocabSize);
  });
});
