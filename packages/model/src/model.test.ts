import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { UnsupportedError } from "@baichuan2/kernels";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Engine } from "./engine/engine.ts";
import { defaultGenerationConfig } from "./generation-config.ts";
import { GenerationOptionError } from "./generation-option-error.ts";
import { loadModel, loadSyntheticModel, type LoadProgress } from "./load-model.ts";
import { Model } from "./model.ts";
import type { Score } from "./scoring/score.ts";
import { TokenIdError } from "./network/token-id-error.ts";

/** A random checkpoint with a tokenizer; its text means nothing, but every part is real. */
const tinyChat = fileURLToPath(new URL("../../../apps/cli/fixtures/tiny-chat", import.meta.url));
const question = [{ role: "user", content: "你好, world" }] as const;

describe("a loaded model", () => {
  let model: Model;
  const progress: LoadProgress[] = [];
  beforeAll(async () => {
    model = await loadModel(tinyChat, { onProgress: (step) => progress.push(step) });
  });
  afterAll(() => model.dispose());

  it("tells how far loading is, up to the end", () => {
    const last = progress.at(-1);
    expect(last?.phase).toBe("load");
    expect(last?.doneBytes).toBe(last?.totalBytes);
  });

  it("takes its defaults from generation_config.json", () => {
    expect(model.generationConfig).toMatchObject({
      temperature: 0.3,
      topK: 5,
      topP: 0.85,
      repetitionPenalty: 1.05,
    });
  });

  it("streams the same text that it returns whole, with the same seed", async () => {
    const options = { seed: 7, maxNewTokens: 24 };
    const whole = await model.chat(question, options);
    let streamed = "";
    for await (const delta of model.chatStream(question, options)) streamed += delta;
    expect(streamed).toBe(whole);
    expect(whole.length).toBeGreaterThan(0);
  });

  it("lets a generation wait for a slow reader, and nothing else", async () => {
    const options = { maxNewTokens: 400, ignoreEos: true };
    const stream = model.generateStream({ text: "slow" }, options);
    await stream.next();
    let used = -1;
    for (let last = -2; last !== used; await sleep(50)) {
      last = used;
      used = (await model.stats()).slots.used;
    }
    expect(used).toBeLessThan(200); // 64 events, and what was under way
    const other = await model.generate({ text: "quick" }, options);
    expect(other.usage.completionTokens).toBe(400);
    const sizes: number[] = [];
    for await (const { tokenIds } of stream) sizes.push(tokenIds.length);
    expect(sizes.reduce((sum, size) => sum + size, 1)).toBe(400);
  });

  it("tells what of a prompt was there already, and where the time went", async () => {
    const tokenIds = Array.from({ length: 80 }, (_, i) => 100 + i);
    const options = { maxNewTokens: 2, ignoreEos: true };
    expect((await model.generate({ tokenIds }, options)).usage.cachedTokens).toBe(0);
    const { usage, timings } = await model.generate({ tokenIds }, options);
    expect(usage).toEqual({ promptTokens: 80, cachedTokens: 79, completionTokens: 2 });
    expect(Object.values(timings).every((ms) => ms >= 0 && ms < 60_000)).toBe(true);
  });

  it("reports a seed that repeats the run", async () => {
    const first = await model.generate({ messages: question }, { maxNewTokens: 12 });
    const again = await model.generate(
      { messages: question },
      { maxNewTokens: 12, seed: first.seed },
    );
    expect(again.tokenIds).toEqual(first.tokenIds);
  });

  it("refuses a bias for an id beyond the vocabulary, and several answers where one is returned", async () => {
    const biased = model.generate({ tokenIds: [5] }, { logitBias: { 512: 1 } });
    await expect(biased).rejects.toThrow(GenerationOptionError);
    await expect(model.chat(question, { n: 2 })).rejects.toThrow(UnsupportedError);
  });

  it("ends a text before a stop string and says so", async () => {
    const options = { doSample: false, maxNewTokens: 24, repetitionPenalty: 1.3 };
    const { text = "", tokenIds } = await model.generate({ text: "Hello" }, options);
    const stop = text.slice(5, 7);
    const stopped = await model.generate({ text: "Hello" }, { ...options, stop });
    expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
    expect(stopped.finishReason).toBe("stop");
    expect(tokenIds.slice(0, stopped.tokenIds.length)).toEqual(stopped.tokenIds);
  });

  it("counts tokens and ends at maxNewTokens", async () => {
    const result = await model.generate(
      { tokenIds: [5, 6, 7] },
      { maxNewTokens: 4, ignoreEos: true },
    );
    expect(result).toMatchObject({
      finishReason: "length",
      usage: { promptTokens: 3, completionTokens: 4 },
    });
    expect(result.tokenIds).toHaveLength(4);
  });

  it("gives logits whose last row is the last-only row", async () => {
    const all = await model.logits([5, 6, 7]);
    const last = await model.logits([5, 6, 7], { last: true });
    expect(all.shape).toEqual([3, 512]);
    expect(last.shape).toEqual([1, 512]);
    for (const [i, value] of all.data.subarray(2 * 512).entries())
      expect(last.data[i]).toBeCloseTo(value, 4); // the run before left keys and values to reuse
  });

  it("answers many at once as it answers one by one", async () => {
    const prompts = Array.from({ length: 5 }, (_, i) => ({ tokenIds: [10 + i, 20, 30 + i] }));
    const options = { doSample: false, maxNewTokens: 8 };
    const together = await Promise.all(prompts.map((prompt) => model.generate(prompt, options)));
    for (const [i, prompt] of prompts.entries()) {
      expect(together[i]?.tokenIds).toEqual((await model.generate(prompt, options)).tokenIds);
    }
  });

  it("fails a prompt with an unknown id alone, not those that share its run", async () => {
    const options = { doSample: false, maxNewTokens: 8, ignoreEos: true };
    const [good, bad] = await Promise.allSettled([
      model.generate({ tokenIds: [10, 20] }, options),
      model.generate({ tokenIds: [10, 512] }, options),
    ]);
    expect(good).toMatchObject({ status: "fulfilled", value: { finishReason: "length" } });
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "ERR_TOKEN_ID" } });
  });

  it("stops when its signal aborts", async () => {
    const controller = new AbortController();
    const stream = model.generateStream(
      { tokenIds: [1, 2] },
      { maxNewTokens: 1000, ignoreEos: true, signal: controller.signal },
    );
    await stream.next();
    controller.abort(new Error("enough"));
    await expect(async () => {
      for await (const delta of stream) void delta;
    }).rejects.toThrow("enough");
  });

  it("refuses options and prompts that cannot be used, before anything runs", async () => {
    await expect(model.generate({ text: "a" }, { topP: 2 })).rejects.toMatchObject({
      code: "ERR_GENERATION_OPTION",
      field: "topP",
    });
    await expect(model.generate({ tokenIds: [] })).rejects.toThrow("expected at least one token");
    await expect(model.generate({ tokenIds: [512] })).rejects.toMatchObject({
      code: "ERR_TOKEN_ID",
    });
    await expect(model.logits([])).rejects.toThrow("expected at least one token");
  });
});

describe("loading", () => {
  it("works without a tokenizer as long as no text is asked for", async () => {
    const directory = await mkdtemp(join(tmpdir(), "no-tokenizer-"));
    await cp(tinyChat, directory, { recursive: true });
    await rm(join(directory, "tokenizer.model"), { force: true });
    await using model = await loadModel(directory);
    const { text, tokenIds } = await model.generate(
      { tokenIds: [4] },
      { maxNewTokens: 2, ignoreEos: true },
    );
    expect([text, tokenIds.length]).toEqual([undefined, 2]);
    await expect(model.chat([{ role: "user", content: "hi" }])).rejects.toMatchObject({
      code: "ERR_NO_TOKENIZER",
    });
    await rm(directory, { recursive: true, force: true });
  });

  it("names a dtype or device that is not there", async () => {
    const options = { dtype: "float64" } as unknown as { dtype: "auto" };
    await expect(loadModel(tinyChat, options)).rejects.toThrow(
      'loadModel: expected what is supported here, got dtype "float64"',
    );
  });
});

describe("errors of the engine's thread", () => {
  it("keep their class and fields", async () => {
    await using model = await loadModel(tinyChat);
    const error: unknown = await model
      .logits(Int32Array.of(1, 600))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TokenIdError);
    expect(error).toMatchObject({ tokenId: 600, vocabSize: 512, code: "ERR_TOKEN_ID" });
  });

  it("name what a prompt may be", async () => {
    await using model = await loadModel(tinyChat);
    await expect(model.generate({} as { text: string })).rejects.toMatchObject({
      code: "ERR_PROMPT",
    });
    await expect(model.generate({ tokenIds: 5 as never })).rejects.toMatchObject({
      code: "ERR_PROMPT",
    });
  });
});

describe("a load that is aborted", () => {
  it("leaves no staging files behind", async () => {
    const stagingDir = await mkdtemp(join(tmpdir(), "aborted-load-"));
    const controller = new AbortController();
    const loading = loadSyntheticModel("7b", {
      layers: 1,
      stagingDir,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("too large")),
    });
    await expect(loading).rejects.toThrow("too large");
    expect(await readdir(stagingDir)).toEqual([]);
    await rm(stagingDir, { recursive: true });
  });

  it("fails with what its progress callback throws", async () => {
    const onProgress = (): never => {
      throw new Error("my callback");
    };
    await expect(loadModel(tinyChat, { onProgress })).rejects.toThrow("my callback");
  });
});

/** Threads that this one has started since. */
class StartedThreads implements Disposable {
  readonly #workers: Worker[] = [];
  readonly #add = (worker: Worker): void => void this.#workers.push(worker);

  constructor() {
    process.on("worker", this.#add);
  }

  get count(): number {
    return this.#workers.length;
  }

  /** Which of them run, in the order they were started. */
  get running(): boolean[] {
    return this.#workers.map(({ threadId }) => threadId !== -1);
  }

  [Symbol.dispose](): void {
    process.off("worker", this.#add);
  }
}

describe("quantize", () => {
  const rms = (a: Float32Array, b: Float32Array): number =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0) / a.length);

  it.each([
    [4, "nf4"],
    [8, "int8"],
  ] as const)(
    "of %i bits swaps the weights for %s and lets running calls end",
    async (bits, dtype) => {
      using threads = new StartedThreads();
      await using model = await loadModel(tinyChat);
      const tokenIds = [195, 300, 400, 196];
      const { data: before } = await model.logits(tokenIds);
      const running = model.generate({ tokenIds }, { maxNewTokens: 40, ignoreEos: true, seed: 1 });
      expect(await model.quantize(bits)).toBe(model);
      expect(model.dtype).toBe(dtype);
      expect((await running).tokenIds).toHaveLength(40);
      await vi.waitFor(() => expect(threads.running).toEqual([false, true]), 5000);
      const { data: after } = await model.logits(tokenIds);
      expect(rms(before, after)).toBeGreaterThan(0);
      expect(rms(before, after)).toBeLessThan(rms(before, new Float32Array(before.length)));

      await using direct = await loadModel(tinyChat, { dtype });
      expect((await direct.logits(tokenIds)).data).toEqual(after);
    },
  );

  it("refuses other bits and weights that are quantized already", async () => {
    await using model = await loadModel(tinyChat, { dtype: "int8" });
    await expect(model.quantize(3 as 4)).rejects.toThrow(
      "quantize: expected what is supported here, got 3 bits (use 4 (NF4) or 8 (int8))",
    );
    await expect(model.quantize("4" as never)).rejects.toThrow('got "4" bits');
    await expect(model.quantize(4)).rejects.toThrow(
      "got weights already quantized to int8 (load the unquantized checkpoint)",
    );
  });

  it("keeps the weights in use when it is aborted", async () => {
    await using model = await loadModel(tinyChat);
    const signal = AbortSignal.abort(new Error("changed my mind"));
    await expect(model.quantize(8, { signal })).rejects.toThrow("changed my mind");
    expect(model.dtype).toBe("float32");
    expect((await model.logits([1, 2])).shape[0]).toBe(2);
  });

  it("has a signal and progress of its own, not those of the load", async () => {
    const controller = new AbortController();
    const steps: LoadProgress[] = [];
    const onProgress = (step: LoadProgress): void => void steps.push(step);
    await using model = await loadModel(tinyChat, { signal: controller.signal, onProgress });
    controller.abort(new Error("the load is over"));
    const ofLoad = steps.length;
    await model.quantize(8);
    expect([model.dtype, steps.length]).toEqual(["int8", ofLoad]);
  });

  it("lets calls of many requests end", async () => {
    await using model = await loadModel(tinyChat);
    const continuations = Array.from({ length: 1500 }, (_, i) => ({ tokenIds: [5 + (i % 400)] }));
    let scores: Promise<readonly Score[]> | undefined;
    const onProgress = (doneBytes: number, totalBytes: number): void => {
      if (doneBytes < totalBytes) return;
      scores ??= model.score({ tokenIds: [5, 6, 7] }, continuations);
    };
    await model.quantize(8, { onProgress });
    expect(model.dtype).toBe("int8");
    expect(await scores).toHaveLength(1500);
  });

  it("runs once at a time", async () => {
    using threads = new StartedThreads();
    await using model = await loadModel(tinyChat);
    const first = model.quantize(4);
    await expect(model.quantize(8)).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
      what: "a second call while one runs",
    });
    await first;
    expect([model.dtype, threads.count]).toEqual(["nf4", 2]);
  });

  it("may be called again after one that was aborted", async () => {
    await using model = await loadModel(tinyChat);
    const controller = new AbortController();
    const first = model.quantize(4, { signal: controller.signal });
    controller.abort(new Error("not this one"));
    await expect(first).rejects.toThrow("not this one");
    await model.quantize(8);
    expect(model.dtype).toBe("int8");
  });

  it("of a disposed model starts nothing", async () => {
    const model = await loadModel(tinyChat);
    await model.dispose();
    using threads = new StartedThreads();
    await expect(model.quantize(4)).rejects.toThrow("model: expected a live object");
    expect(threads.count).toBe(0);
  });

  it("ends with the model that is disposed meanwhile: no thread and no file is left", async () => {
    const stagingDir = await mkdtemp(join(tmpdir(), "disposed-quantize-"));
    using threads = new StartedThreads();
    const model = await loadModel(tinyChat, { stagingDir });
    const ofModel = await readdir(stagingDir);
    const quantized = model.quantize(4).catch((reason: unknown) => reason);
    await vi.waitFor(
      async () => expect((await readdir(stagingDir)).length).toBeGreaterThan(ofModel.length),
      { interval: 1, timeout: 10_000 },
    );
    await model.dispose();
    expect(threads.running).toEqual([false, false]);
    expect(await readdir(stagingDir)).toEqual([]);
    expect(await quantized).toMatchObject({ code: "ERR_DISPOSED" });
    await rm(stagingDir, { recursive: true });
  });

  it("is aborted when its model is disposed, however long it would take", async () => {
    const model = new Model({
      path: tinyChat,
      engine: await Engine.open({ kind: "checkpoint", path: tinyChat }),
      generationConfig: defaultGenerationConfig,
      open: ({ signal } = {}) =>
        new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    });
    const quantized = model.quantize(4).catch((reason: unknown) => reason);
    await model.dispose();
    expect(await quantized).toMatchObject({ code: "ERR_DISPOSED" });
  });

  it("leaves nothing behind when the model is disposed while old calls run", async () => {
    using threads = new StartedThreads();
    const model = await loadModel(tinyChat, { maxSlots: 200_000 });
    const running = model
      .generate({ tokenIds: [1, 2] }, { maxNewTokens: 100_000, ignoreEos: true })
      .catch((reason: unknown) => reason);
    await model.quantize(4);
    await model.dispose();
    expect(threads.running).toEqual([false, false]);
    expect(await running).toMatchObject({ code: "ERR_DISPOSED" });
  });
});

describe("loadModel with quantized weights", () => {
  it.each([
    [{ dtype: "nf4", exact: true }],
    [{ dtype: "int8", quantizeHead: true, quantizeEmbeddings: true }],
  ] as const)("answers with %o", async (options) => {
    await using model = await loadModel(tinyChat, options);
    expect((await model.chat(question, { maxNewTokens: 4, seed: 1 })).length).toBeGreaterThan(0);
  });

  it.each([false, true])(
    "names the tensor whose rows fit no int4 block, exact: %s",
    async (exact) => {
      await expect(loadModel(tinyChat, { dtype: "int4", blockSize: 128, exact })).rejects.toThrow(
        /tensor "model\.layers\.0\.[\w.]+": expected rows of a multiple of 128 for int4, got shape \[/,
      );
    },
  );

  it.each([
    [{ quantizeHead: true }, 'quantizeHead with dtype "float32"'],
    [{ dtype: "int8", exact: true, quantizeEmbeddings: true }, "quantizeEmbeddings with exact"],
  ] as const)("refuses %o, which would have no effect", async (options, what) => {
    await expect(loadModel(tinyChat, options)).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
      backend: "loadModel",
      what,
    });
  });

  it("refuses a block size that only int4 has", async () => {
    await expect(loadModel(tinyChat, { dtype: "nf4", blockSize: 32 })).rejects.toThrow(
      'got blockSize with dtype "nf4" (only int4 has a choice)',
    );
  });
});
