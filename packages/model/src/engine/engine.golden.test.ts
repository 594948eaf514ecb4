import { setImmediate } from "node:timers/promises";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { publishedConfig } from "../shapes.ts";
import { Engine } from "./engine.ts";

import { streamTokens, type SimpleJob } from "./__fixtures__/stream-tokens.ts";

interface GreedyCase {
  prompt: number[];
  repetition_penalty: number;
  new_ids: number[];
}

interface PaddedBatch {
  prompt: number[][];
  attention_mask: number[][];
  new_ids: number[][];
}

const folders = {
  t7: "t7/bin-bf16",
  t13: "t13/bin-sharded-bf16",
  hd7: "hd7/safetensors-bf16",
  hd13: "hd13/bin-bf16",
};

function greedyCases(model: string): [string, GreedyCase][] {
  const { meta } = readGolden(sharedData(`model/forward/${model}.manifest.json`));
  const entries = Object.entries((meta["greedy"] ?? {}) as Record<string, GreedyCase>);
  return entries.filter(([, { prompt }]) => Array.isArray(prompt) && typeof prompt[0] === "number");
}

const greedyJob = (prompt: readonly number[], count: number, repetitionPenalty = 1): SimpleJob => ({
  promptIds: prompt,
  maxNewTokens: count,
  stopTokenIds: [],
  sampler: { doSample: false, temperature: 1, topK: 0, topP: 1, repetitionPenalty },
});

async function collect(stream: AsyncIterable<number>): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of stream) ids.push(id);
  return ids;
}

const openGolden = (model: keyof typeof folders): Promise<Engine> =>
  Engine.open({ kind: "checkpoint", path: sharedData(`model/models/${folders[model]}`) });

describeShared("greedy continuations of the original code", "model/forward", () => {
  it.each(Object.keys(folders) as (keyof typeof folders)[])(
    "are the same ids from %s",
    async (model) => {
      const cases = greedyCases(model);
      expect(cases.length).toBeGreaterThan(0);
      await using engine = await openGolden(model);
      for (const [name, { prompt, repetition_penalty, new_ids }] of cases) {
        const ids = await collect(
          streamTokens(engine, greedyJob(prompt, new_ids.length, repetition_penalty)),
        );
        expect(ids, name).toEqual(new_ids);
      }
    },
  );

  it.each(["t7", "t13"] as const)(
    "are the same ids from %s when all run at once",
    async (model) => {
      await using engine = await openGolden(model);
      const cases = greedyCases(model);
      const all = await Promise.all(
        cases.map(([, { prompt, repetition_penalty, new_ids }]) =>
          collect(streamTokens(engine, greedyJob(prompt, new_ids.length, repetition_penalty))),
        ),
      );
      expect(all).toEqual(cases.map(([, { new_ids }]) => new_ids));
    },
  );

  it.each(["t7", "t13"] as const)(
    "of a left-padded batch are the same ids from %s without padding",
    async (model) => {
      const { meta } = readGolden(sharedData(`model/forward/${model}.manifest.json`));
      const batch = (meta["greedy"] as Record<string, PaddedBatch>)["left_batch.rep1.0"];
      if (!batch) throw new Error("the golden file has no padded batch");
      await using engine = await openGolden(model);
      const all = batch.prompt.map((row, b) => {
        const tokens = row.filter((_, t) => batch.attention_mask[b]?.[t] === 1);
        return collect(streamTokens(engine, greedyJob(tokens, batch.new_ids[b]?.length ?? 0)));
      });
      expect(await Promise.all(all)).toEqual(batch.new_ids);
    },
  );
});

describeShared("an engine thread", "model/models", () => {
  it("reports how a generation ended and stops at a stop token", async () => {
    await using engine = await openGolden("t7");
    const [, { prompt, new_ids }] = greedyCases("t7")[0]!;
    const stream = streamTokens(engine, { ...greedyJob(prompt, 10), stopTokenIds: [new_ids[3]!] });
    const ids: number[] = [];
    for (;;) {
      const next = await stream.next();
      if (next.done) {
        expect(next.value).toBe("stop");
        break;
      }
      ids.push(next.value);
    }
    expect(ids).toEqual(new_ids.slice(0, 4));
  });

  it("gives back the cache of generations that were left early", async () => {
    await using engine = await openGolden("t7");
    for (let round = 0; round < 40; round++) {
      for await (const id of streamTokens(engine, greedyJob(Array(20).fill(5), 1000))) {
        expect(id).toBeGreaterThanOrEqual(0);
        break;
      }
    }
    const { cacheBytes } = await engine.stats();
    // 256 slots · 4 heads · 16 · 2 (keys, values) · 4 bytes · 3 layers: the pool never had to grow.
    expect(cacheBytes).toBe(256 * 4 * 16 * 2 * 4 * 3);
  });

  it("refuses ids outside the vocabulary by name and code, and goes on", async () => {
    await using engine = await openGolden("t7");
    const bad = collect(streamTokens(engine, greedyJob([3, 512], 4)));
    await expect(bad).rejects.toMatchObject({ name: "TokenIdError", code: "ERR_TOKEN_ID" });
    await expect(engine.logits([-1], true)).rejects.toThrow(
      "expected integers from 0 to 511, got -1",
    );
    expect(await collect(streamTokens(engine, greedyJob([3], 2)))).toHaveLength(2);
  });

  it("fails what is running when it is disposed, and what is asked later", async () => {
    const engine = await openGolden("t7");
    const running = collect(streamTokens(engine, greedyJob([1, 2, 3], 1000)));
    const failed = expect(running).rejects.toMatchObject({ code: "ERR_DISPOSED" });
    await engine.dispose();
    await failed;
    await expect(engine.logits([1], true)).rejects.toMatchObject({ code: "ERR_DISPOSED" });
  });

  it("names the missing directory when it cannot load", async () => {
    const missing = Engine.open({ kind: "checkpoint", path: "no/such/model" });
    await expect(missing).rejects.toMatchObject({
      name: "CheckpointError",
      code: "ERR_CHECKPOINT",
    });
  });

  it("stops loading when its signal aborts", async () => {
    const source = { kind: "checkpoint", path: sharedData("model/models/t7/bin-bf16") } as const;
    await expect(
      Engine.open(source, { signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
  });
});

/** Wide enough for a chunk of a prompt to take a while. */
const synthetic = {
  kind: "synthetic",
  config: {
    ...publishedConfig("7b", 2),
    hiddenSize: 1024,
    intermediateSize: 2752,
    numAttentionHeads: 8,
    vocabSize: 2000,
  },
  seed: 1,
} as const;

describe("an engine with synthetic weights", () => {
  it("lets the caller's event loop turn while it computes", async () => {
    await using engine = await Engine.open(synthetic);
    const stream = streamTokens(engine, greedyJob(Array(600).fill(7), 1));
    let isRunning = true;
    const first = stream.next().finally(() => {
      isRunning = false;
    });
    let turns = 0;
    while (isRunning) {
      await setImmediate();
      turns++;
    }
    await first;
    // On the engine's own thread there would be a handful: one or two around each of the three chunks.
    expect(turns).toBeGreaterThan(100);
  });

  it("stops within one step when a generation is aborted, and goes on with others", async () => {
    await using engine = await Engine.open(synthetic);
    const controller = new AbortController();
    const stream = streamTokens(engine, greedyJob(Array(600).fill(7), 15_000), controller.signal);
    await stream.next();
    controller.abort(new Error("changed my mind"));
    await expect(collect(stream)).rejects.toThrow("changed my mind");
    expect(await collect(streamTokens(engine, greedyJob([1], 3)))).toHaveLength(3);
  });
});
