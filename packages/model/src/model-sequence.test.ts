import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DisposedError, UnsupportedError } from "@baichuan2/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SequenceFileError } from "./cache/sequence-file-error.ts";
import { SequenceReleasedError } from "./engine/sequence-released-error.ts";
import { loadModel } from "./load-model.ts";
import type { Model } from "./model.ts";
import { PromptError } from "./prompt.ts";

/** A random model of 512 tokens. */
const tinyChat = fileURLToPath(new URL("../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let model: Model;
beforeAll(async () => {
  model = await loadModel(tinyChat, { prefixCacheSlots: 0 });
});
afterAll(async () => {
  const { slots, sequences } = await model.stats();
  expect([slots.used, sequences.held]).toEqual([0, 0]);
  await model.dispose();
});

const greedy = { doSample: false, repetitionPenalty: 1, ignoreEos: true, maxNewTokens: 6 };

describe("a sequence", () => {
  it("goes on as the whole text would", async () => {
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    await sequence.append({ tokenIds: [8, 9] });
    const first = await sequence.generate(greedy);
    expect(first.tokenIds).toEqual(
      (await model.generate({ tokenIds: [5, 6, 7, 8, 9] }, greedy)).tokenIds,
    );
    expect(first.usage).toEqual({ promptTokens: 5, cachedTokens: 4, completionTokens: 6 });
    expect(sequence.tokenIds).toEqual([5, 6, 7, 8, 9, ...first.tokenIds]);

    await sequence.append({ tokenIds: [10] });
    const prompt = { tokenIds: [...sequence.tokenIds] };
    const second = await sequence.generate(greedy);
    expect(second.tokenIds).toEqual((await model.generate(prompt, greedy)).tokenIds);
  });

  it("has logits of what may come next, as often as they are asked for", async () => {
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    const expected = (await model.logits([5, 6, 7], { last: true })).data;
    for (let time = 0; time < 2; time++) {
      const logits = await sequence.logits();
      expect([...logits]).toEqual([...expected].map((x) => expect.closeTo(x, 4) as number));
    }
    expect(sequence.tokenIds).toEqual([5, 6, 7]);
  });

  it("branches: each branch goes its own way, and outlives the other", async () => {
    await using trunk = await model.createSequence({ tokenIds: [5, 6, 7] });
    const branch = await trunk.fork();
    await branch.append({ tokenIds: [100] });
    await trunk.append({ tokenIds: [200] });
    const expected = async (last: number) =>
      (await model.generate({ tokenIds: [5, 6, 7, last] }, greedy)).tokenIds;
    expect((await branch.generate(greedy)).tokenIds).toEqual(await expected(100));
    await branch.dispose();
    expect((await trunk.generate(greedy)).tokenIds).toEqual(await expected(200));
  });

  it("branches without copying: tokens are held once", async () => {
    const tokenIds = Array.from({ length: 100 }, (_, t) => 4 + t);
    await using trunk = await model.createSequence({ tokenIds });
    const { used } = (await model.stats()).slots;
    await using branch = await trunk.fork();
    expect((await model.stats()).slots.used).toBe(used);
    expect(branch.tokenIds).toEqual(tokenIds);
  });

  it("is cut back, into its prompt and into what was generated", async () => {
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7, 8] });
    const { tokenIds } = await sequence.generate(greedy);
    await sequence.rollback(4 + 6); // nothing
    await sequence.rollback(4 + 5);
    expect(sequence.tokenIds).toEqual([5, 6, 7, 8, ...tokenIds.slice(0, 5)]);
    expect((await sequence.generate({ ...greedy, maxNewTokens: 1 })).tokenIds).toEqual(
      tokenIds.slice(5),
    );
    await sequence.rollback(2);
    const again = await sequence.generate(greedy);
    expect(again.tokenIds).toEqual((await model.generate({ tokenIds: [5, 6] }, greedy)).tokenIds);
    await sequence.rollback(0);
    expect(sequence.tokenIds).toEqual([]);
  });

  it("ends with its stop string, though the engine may have gone on", async () => {
    const text = (await model.generate({ text: "Hello" }, { ...greedy, maxNewTokens: 20 })).text;
    const stop = text?.slice(6, 9) ?? "";
    await using sequence = await model.createSequence({ text: "Hello" });
    const length = sequence.tokenIds.length;
    const result = await sequence.generate({ ...greedy, maxNewTokens: 20, stop });
    expect(result.finishReason).toBe("stop");
    expect(sequence.tokenIds.slice(length)).toEqual(result.tokenIds);
    const whole = { tokenIds: [...sequence.tokenIds] };
    expect((await sequence.generate(greedy)).tokenIds).toEqual(
      (await model.generate(whole, greedy)).tokenIds,
    );
  });
});

describe("a sequence in a file", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "baichuan2-sequence-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("goes on as if it had never been away, also in another engine of the same model", async () => {
    const path = join(folder, "whole");
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    await sequence.generate(greedy);
    await sequence.save(path);
    const tokenIds = [...sequence.tokenIds];
    const logits = await sequence.logits();
    await using other = await loadModel(tinyChat);
    for (const host of [model, other]) {
      await using restored = await host.restoreSequence(path);
      expect(restored.tokenIds).toEqual(tokenIds);
      expect([...(await restored.logits())]).toEqual(
        [...logits].map((value) => expect.closeTo(value, 4) as number),
      );
      expect((await restored.generate(greedy)).tokenIds).toEqual(
        (await model.generate({ tokenIds }, greedy)).tokenIds,
      );
    }
  });

  it("gives the same bits in a deterministic model, after whole chunks and beside others", async () => {
    const path = join(folder, "bits");
    const tokenIds = Array.from({ length: 300 }, (_, t) => 4 + ((t * 37) % 500));
    await using strict = await loadModel(tinyChat, { deterministic: true });
    await using sequence = await strict.createSequence({ tokenIds });
    const logits = await sequence.logits();
    await sequence.save(path);
    await using beside = await strict.createSequence({ tokenIds: [1, 2, 3] });
    await using restored = await strict.restoreSequence(path);
    await beside.append({ tokenIds: [4] });
    expect(await restored.logits()).toEqual(logits);
  });

  it("is refused by other weights, and when it is damaged; nothing is held then", async () => {
    const path = join(folder, "refused");
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    await sequence.save(path);
    await using other = await loadModel(tinyChat, { dtype: "nf4" });
    await expect(other.restoreSequence(path)).rejects.toMatchObject({
      code: "ERR_SEQUENCE_FILE",
      actual: "one of other weights",
    });
    await truncate(path, 1000);
    await expect(model.restoreSequence(path)).rejects.toMatchObject({ code: "ERR_SEQUENCE_FILE" });
    await expect(model.restoreSequence(join(folder, "none"))).rejects.toThrow(SequenceFileError);
    await expect(sequence.save(join(folder, "none", "x"))).rejects.toThrow(SequenceFileError);
    expect((await other.stats()).slots.used).toBe(0);
  });

  it("is not there when saving is aborted", async () => {
    const path = join(folder, "aborted");
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(sequence.save(path, { signal })).rejects.toThrow("enough");
    expect(await readdir(folder)).not.toContain("aborted");
    await expect(model.restoreSequence(path, { signal })).rejects.toThrow("enough");
  });
});

describe("a call that does not end well changes nothing", () => {
  it("one that is left early", async () => {
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    for await (const delta of sequence.generateStream(greedy)) {
      expect(delta.choice).toBe(0);
      break;
    }
    expect(sequence.tokenIds).toEqual([5, 6, 7]);
    expect((await sequence.generate(greedy)).tokenIds).toEqual(
      (await model.generate({ tokenIds: [5, 6, 7] }, greedy)).tokenIds,
    );
  });

  it.each([0, 1, 2, 3, 5, 8, 13])("one that is aborted after %i ms", async (ms) => {
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    const signal = AbortSignal.timeout(ms);
    const ended = await Promise.allSettled([sequence.generate({ ...greedy, signal })]);
    const isWhole = ended[0].status === "fulfilled";
    expect(sequence.tokenIds).toHaveLength(isWhole ? 9 : 3);
    const prompt = { tokenIds: [...sequence.tokenIds] };
    expect((await sequence.generate(greedy)).tokenIds).toEqual(
      (await model.generate(prompt, greedy)).tokenIds,
    );
  });

  it("one with an unknown id", async () => {
    await using sequence = await model.createSequence({ tokenIds: [5, 6, 7] });
    await expect(sequence.append({ tokenIds: [8, 512] })).rejects.toMatchObject({
      code: "ERR_TOKEN_ID",
    });
    expect(sequence.tokenIds).toEqual([5, 6, 7]);
    await sequence.append({ tokenIds: [8] });
  });
});

describe("what cannot be", () => {
  it("is told: two calls at a time, several texts, an empty sequence, a length that is not there", async () => {
    await using sequence = await model.createSequence();
    await expect(sequence.generate(greedy)).rejects.toThrow(PromptError);
    await expect(sequence.logits()).rejects.toThrow(PromptError);
    const running = sequence.append({ tokenIds: [5, 6] });
    await expect(sequence.append({ tokenIds: [7] })).rejects.toThrow(UnsupportedError);
    await running;
    await expect(sequence.generate({ n: 2 })).rejects.toThrow("fork it instead");
    await expect(sequence.rollback(3)).rejects.toThrow("a length from 0 to 2");
    await sequence.dispose();
    await expect(sequence.generate(greedy)).rejects.toThrow(DisposedError);
  });

  it("a sequence of an engine that was replaced by quantize is gone", async () => {
    await using other = await loadModel(tinyChat);
    const sequence = await other.createSequence({ tokenIds: [5, 6] });
    await other.quantize(8);
    await expect(sequence.generate(greedy)).rejects.toThrow(SequenceReleasedError);
  });

  it("a first prompt that fails leaves no sequence behind", async () => {
    const { held } = (await model.stats()).sequences;
    await expect(model.createSequence({ tokenIds: [512] })).rejects.toThrow();
    expect((await model.stats()).sequences.held).toBe(held);
  });
});
