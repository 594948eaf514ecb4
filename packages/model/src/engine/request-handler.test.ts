import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DeviceError } from "@baichuan2/kernels";
import { describe, expect, it, vi } from "vitest";
import { KvCacheFullError } from "../cache/kv-cache-full-error.ts";
import { LogitsError } from "../sampling/logits-error.ts";
import { EngineBench, greedy, someIds, type OnRun } from "./__fixtures__/engine-bench.ts";
import type { EngineJob, TaskEvent, TokensEvent } from "./protocol.ts";

const tokensOf = (events: readonly TaskEvent[], id: number): TokensEvent[] =>
  events.filter((event) => event.type === "tokens").filter((event) => event.id === id);

describe("sequences that share runs", () => {
  it("join and leave at any step, and each gets what it gets alone", async () => {
    await using bench = await EngineBench.open();
    const jobs = [5, 30, 1, 300, 17].map((length, i) => greedy(someIds(length, i), 4 + 3 * i));
    const alone: number[][][] = [];
    for (const job of jobs) alone.push(await bench.generate(job));
    const together = jobs.map(async (job, i) => {
      await vi.waitFor(() => expect(bench.events.length).toBeGreaterThan(5 * i), { interval: 1 });
      return bench.generate(job);
    });
    expect(await Promise.all(together)).toEqual(alone);
    expect((await bench.stats()).slots.used).toBe(0);
  });

  it("go on while a long prompt is processed", async () => {
    await using bench = await EngineBench.open({ interleaveRows: 16 });
    const short = bench.start({ type: "generate", job: greedy([5, 6], 200) });
    await vi.waitFor(() => expect(bench.events.length).toBeGreaterThan(0), { interval: 1 });
    const before = tokensOf(bench.events, short.id).length;
    const long = bench.start({ type: "generate", job: greedy(someIds(480, 3), 1) });
    await long.done;
    const first = bench.events.findIndex(
      (event) => event.type === "tokens" && event.id === long.id,
    );
    const meanwhile = tokensOf(bench.events.slice(0, first), short.id).length - before;
    expect(meanwhile).toBeGreaterThanOrEqual(480 / 16 - 1);
    bench.abort(short.id);
  });

  it("a prompt in front of which a long one is processed gets its turn chunk by chunk", async () => {
    await using bench = await EngineBench.open();
    const long = bench.start({ type: "generate", job: greedy(someIds(900, 1), 1) });
    const short = bench.start({ type: "generate", job: greedy(someIds(20, 2), 1) });
    const order = [long, short].map(({ id, done }) => done.then(() => id));
    expect(await Promise.race(order)).toBe(short.id);
  });
});

describe("sequences that do not fit together", () => {
  const jobs = [0, 1, 2].map((i) => greedy(someIds(20, i), 70));

  it("give their slots to the oldest and are computed again: all get what they get alone", async () => {
    const alone: number[][][] = [];
    {
      await using roomy = await EngineBench.open();
      for (const job of jobs) alone.push(await roomy.generate(job));
    }
    await using bench = await EngineBench.open({ maxSlots: 180 });
    expect(await Promise.all(jobs.map((job) => bench.generate(job)))).toEqual(alone);
    const { sequences, slots } = await bench.stats();
    expect(sequences.preemptions).toBeGreaterThan(0);
    expect(slots.used).toBe(0);
  });

  it("a request that held sequences leave no room for fails, and the next one works", async () => {
    await using bench = await EngineBench.open({ maxSlots: 100 });
    const [held] = await bench.start({ type: "hold" }).done;
    if (held?.type !== "held") throw new Error("expected a held sequence");
    const { sequenceId } = held;
    const prefix = { sequenceId, length: 0 };
    await bench.start({ type: "append", held: prefix, tokenIds: someIds(80, 1) }).done;
    await expect(bench.generate(greedy(someIds(20, 1), 10))).rejects.toThrow(KvCacheFullError);
    bench.send({ type: "release", sequenceId });
    expect((await bench.generate(greedy(someIds(20, 1), 10)))[0]).toHaveLength(10);
  });
});

describe("beginnings of prompts", () => {
  const prefix = someIds(200, 9);
  const jobs = [1, 2, 3].map((i) => greedy([...prefix, ...someIds(5, i)], 3));

  it("are computed once by requests that come together", async () => {
    let rows = 0;
    await using bench = await EngineBench.open({
      prefixCacheSlots: 1000,
      onRun: (feeds, run) => {
        rows += feeds["input_ids"]?.shape[0] ?? NaN;
        return run();
      },
    });
    const together = await Promise.all(jobs.map((job) => bench.generate(job)));
    expect(rows).toBeLessThan(205 + 3 * 12); // not 3 · 205
    await using other = await EngineBench.open();
    expect(together).toEqual(await Promise.all(jobs.map((job) => other.generate(job))));
  });

  it("are found by later requests, and counted", async () => {
    await using bench = await EngineBench.open({ prefixCacheSlots: 1000 });
    for (const job of jobs) await bench.generate(job);
    const { prefixCache, slots } = await bench.stats();
    expect(prefixCache).toMatchObject({ lookups: 3, hits: 2, hitTokens: 2 * 200 });
    expect(slots.used).toBe(slots.cached);
  });

  it("several texts of one prompt share its slots", async () => {
    let highest = 0;
    await using bench = await EngineBench.open({
      onRun: (_feeds, run) => {
        highest = Math.max(highest, bench.decoder.cacheStats.usedSlots);
        return run();
      },
    });
    const sampler = { ...greedy([], 1).sampler, doSample: true, seed: 5 };
    const texts = await bench.generate(greedy(prefix, 10, { n: 4, sampler }));
    expect(new Set(texts.map(String)).size).toBe(4);
    expect(highest).toBeLessThan(200 + 4 * 10);
  });
});

it("numbers that are none fail their request with a LogitsError, and poison nothing beside or after it", async () => {
  let isDone = false;
  /** Spoils the second to fourth row of the first run of a token and two prompts of three. */
  const onRun: OnRun = async (feeds, run) => {
    const results = await run();
    if (isDone || feeds["input_ids"]?.shape[0] !== 7) return results;
    isDone = true;
    for (const [name, { data, shape }] of Object.entries(results)) {
      const width = data.length / (shape[0] ?? NaN);
      const rows = name === "logits" ? 1 : 3;
      if (data instanceof Float32Array) data.fill(NaN, width, (1 + rows) * width);
    }
    return results;
  };
  await using bench = await EngineBench.open({ onRun });
  const [before, after] = [greedy([8, 9], 60), greedy([10, 11, 12], 5)];
  const first = bench.generate(before);
  await vi.waitFor(() => expect(bench.events.length).toBeGreaterThan(3), { interval: 1 });
  const spoiled = bench.generate(greedy([5, 6, 7], 5));
  const last = bench.generate(after); // its slots lie behind the spoiled ones: runs read over them
  await expect(spoiled).rejects.toThrow(LogitsError);
  await using other = await EngineBench.open();
  expect(await first).toEqual(await other.generate(before));
  expect(await last).toEqual(await other.generate(after));
});

it("numbers that are none in a shared prompt are no beginning of the next one", async () => {
  let isSpoiled = true;
  const onRun: OnRun = async (_feeds, run) => {
    const results = await run();
    for (const { data } of Object.values(isSpoiled ? results : {}))
      if (data instanceof Float32Array) data.fill(NaN);
    return results;
  };
  await using bench = await EngineBench.open({ onRun, prefixCacheSlots: 1000 });
  const job = greedy(someIds(100, 1), 5);
  const both = [bench.generate(job), bench.generate({ ...job, n: 3 })]; // they share the prompt
  for (const result of await Promise.allSettled(both))
    expect(result).toMatchObject({ reason: { code: "ERR_LOGITS" } });
  expect((await bench.stats()).slots.used).toBe(0);
  isSpoiled = false;
  await using other = await EngineBench.open();
  expect(await bench.generate(job)).toEqual(await other.generate(job));
});

describe("texts that end outside of a step", () => {
  it("at a stop string leave no slots behind, and are not computed again", async () => {
    let rows = 0;
    await using bench = await EngineBench.open({
      onRun: (feeds, run) => {
        rows += feeds["input_ids"]?.shape[0] ?? 0;
        return run();
      },
    });
    const job = greedy(someIds(100, 1), 12, { n: 4 });
    for (let round = 0; round < 5; round++) {
      const { id, done } = bench.start({ type: "generate", job });
      await vi.waitFor(() => expect(tokensOf(bench.events, id).length).toBeGreaterThan(4), {
        interval: 1,
      });
      for (const choice of [0, 2]) bench.send({ type: "stopChoice", id, choice });
      await done;
    }
    expect((await bench.stats()).slots.used).toBe(0);
    expect(rows).toBeLessThanOrEqual(5 * (100 + 4 * 12));
  });

  it("let those go on that wait for their room", async () => {
    await using bench = await EngineBench.open({ maxSequences: 1 });
    const paused = bench.start({
      type: "generate",
      job: greedy([5, 6], 9, { hasProcessor: true }),
    });
    await vi.waitFor(() => expect(bench.events.length).toBeGreaterThan(0), { interval: 1 });
    const waiting = bench.generate(greedy([7, 8], 3));
    await vi.waitFor(async () => expect((await bench.stats()).sequences.waiting).toBe(1));
    bench.abort(paused.id);
    expect((await waiting)[0]).toHaveLength(3);
  });
});

describe("a sequence from a file", () => {
  it.each([false, true])(
    "finds its place beside a run in flight (deterministic: %s)",
    async (deterministic) => {
      const folder = await mkdtemp(join(tmpdir(), "request-handler-"));
      const path = join(folder, "sequence");
      let onRun: OnRun = (_feeds, run) => run();
      await using bench = await EngineBench.open({
        deterministic,
        maxSlots: 150,
        onRun: (feeds, run) => onRun(feeds, run),
      });
      const sequenceId = await hold(bench, { type: "hold" });
      const tokenIds = someIds(40, 9);
      await bench.start({ type: "append", held: { sequenceId, length: 0 }, tokenIds }).done;
      await bench.start({ type: "save", held: { sequenceId, length: 40 }, path }).done;
      bench.send({ type: "release", sequenceId });

      const restored: Promise<number>[] = [];
      onRun = async (_feeds, run) => {
        if (restored.length < 2) restored.push(hold(bench, { type: "restore", path }));
        await setTimeout(5); // the file is read before the run begins
        return run();
      };
      const job = greedy([5, 6, 7], 40);
      const text = await bench.generate(job);
      for (const id of await Promise.all(restored)) bench.send({ type: "release", sequenceId: id });
      await using other = await EngineBench.open({ deterministic });
      expect(text).toEqual(await other.generate(job));
      expect(await bench.stats()).toMatchObject({ slots: { used: 0 }, sequences: { held: 0 } });
      await rm(folder, { recursive: true });
    },
  );

  it("goes with a caller who gives it up when the answer is on its way", async () => {
    await using bench = await EngineBench.open();
    const { id, done } = bench.start({ type: "hold" });
    await done;
    bench.abort(id);
    expect((await bench.stats()).sequences.held).toBe(0);
  });
});

async function hold(bench: EngineBench, request: EngineJob): Promise<number> {
  const [event] = await bench.start(request).done;
  if (event?.type !== "held") throw new Error("expected a sequence");
  return event.sequenceId;
}

describe("a device that fails", () => {
  const failing = (times: number): Parameters<typeof EngineBench.open>[0] => ({
    onRun: (_feeds, run) =>
      times-- > 0 ? Promise.reject(new DeviceError("cpu", "broken")) : run(),
  });

  it("once fails those that were running, gives their slots back, and works for the next", async () => {
    await using bench = await EngineBench.open(failing(1));
    const both = await Promise.allSettled([5, 6].map((id) => bench.generate(greedy([id, 7], 3))));
    for (const result of both)
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ERR_DEVICE" } });
    expect((await bench.stats()).slots.used).toBe(0);
    expect((await bench.generate(greedy([5, 7], 3)))[0]).toHaveLength(3);
    expect(bench.fatal).toEqual([]);
  });

  it("twice in a row is given up", async () => {
    await using bench = await EngineBench.open(failing(2));
    for (const id of [5, 6])
      await expect(bench.generate(greedy([id, 7], 3))).rejects.toThrow(DeviceError);
    expect(bench.fatal).toHaveLength(1);
  });
});

describe("requests that cannot be", () => {
  it.each([
    [greedy(someIds(90, 1), 11), "maxSlots"],
    [greedy([5], 1, { n: 3 }), "maxSequences"],
  ])("are refused with the limit that they are over", async (job, option) => {
    await using bench = await EngineBench.open({ maxSlots: 100, maxSequences: 2 });
    await expect(bench.generate(job)).rejects.toMatchObject({ code: "ERR_ENGINE_LIMIT", option });
  });

  it("are refused when too many wait", async () => {
    await using bench = await EngineBench.open({ maxSequences: 1, maxWaiting: 2 });
    const all = await Promise.allSettled([1, 2, 3, 4].map((id) => bench.generate(greedy([id], 3))));
    const failed = all.filter(({ status }) => status === "rejected");
    expect(failed).toHaveLength(1);
    for (const result of failed) expect(result).toMatchObject({ reason: { option: "maxWaiting" } });
  });

  it("name an id outside the vocabulary, alone of those that share their run", async () => {
    await using bench = await EngineBench.open();
    const [good, bad] = await Promise.allSettled([
      bench.generate(greedy([5, 6], 3)),
      bench.generate(greedy([5, 512], 3)),
    ]);
    expect(good.status).toBe("fulfilled");
    expect(bad).toMatchObject({ reason: { code: "ERR_TOKEN_ID", tokenId: 512 } });
  });
});

it("an abort ends a request within a step and frees its slots", async () => {
  await using bench = await EngineBench.open();
  const { id } = bench.start({ type: "generate", job: greedy(someIds(30, 1), 400) });
  await vi.waitFor(() => expect(tokensOf(bench.events, id).length).toBeGreaterThan(3), {
    interval: 1,
  });
  bench.abort(id);
  const count = bench.events.length;
  expect((await bench.stats()).slots.used).toBe(0);
  await bench.generate(greedy([5], 5));
  expect(tokensOf(bench.events.slice(count), id)).toEqual([]);
});
