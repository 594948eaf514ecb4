import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DeviceError, DisposedError } from "@baichuan2/kernels";
import { expect, it } from "vitest";
import { writeAdapter } from "../adapter/__fixtures__/write-adapter.ts";
import { AdapterError } from "../adapter/adapter-error.ts";
import { DEADLY_ID } from "./__fixtures__/deadly-id.ts";
import { Engine } from "./engine.ts";
import type { EngineOptions } from "./protocol.ts";

import { streamTokens, type SimpleJob } from "./__fixtures__/stream-tokens.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));
const dyingWorker = new URL("./__fixtures__/dying-worker.ts", import.meta.url);

const openEngine = (options: EngineOptions = {}): Promise<Engine> =>
  Engine.open({ kind: "checkpoint", path: tinyChat }, options, dyingWorker);

/** Long enough to be running when the thread dies. */
const job = (firstId: number, maxNewTokens = 1000): SimpleJob => ({
  promptIds: [firstId, 7, 42],
  maxNewTokens,
  stopTokenIds: [],
  sampler: { doSample: false, temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 },
});

async function collect(engine: Engine, request: SimpleJob): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of streamTokens(engine, request)) ids.push(id);
  return ids;
}

it("a thread that dies fails all its callers with a DeviceError, and the next request starts it again", async () => {
  await using engine = await openEngine();
  const before = await collect(engine, job(5, 4));
  const running = await Promise.allSettled([
    collect(engine, job(5)),
    collect(engine, job(6)),
    collect(engine, job(DEADLY_ID)),
  ]);
  for (const { reason } of running as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(DeviceError);
    expect((reason as Error).message).toContain("its thread died: Error: induced");
  }
  // Asking how it is starts nothing.
  expect(await engine.stats()).toMatchObject({ cacheBytes: 0, sequences: { running: 0 } });
  expect((await engine.stats()).cacheBytes).toBe(0);
  // Two at once share one restart.
  const after = await Promise.all([collect(engine, job(5, 4)), collect(engine, job(5, 4))]);
  expect(after).toEqual([before, before]);
  expect((await engine.stats()).cacheBytes).toBeGreaterThan(0);
});

it("adapters that are loaded when a thread dies are there in the next one, and no others", async () => {
  const path = await mkdtemp(join(tmpdir(), "restart-"));
  try {
    await using engine = await openEngine({ adapters: [] });
    await writeAdapter(path, engine.config, { rank: 2 });
    for (const name of ["kept", "unloaded"]) await engine.loadAdapter({ name, path });
    const before = await engine.logits([5, 6], true, { adapter: "kept" });
    await expect(collect(engine, job(DEADLY_ID))).rejects.toThrow(DeviceError);
    await engine.unloadAdapter("unloaded");
    expect(await engine.logits([5, 6], true, { adapter: "kept" })).toEqual(before);
    await engine.loadAdapter({ name: "unloaded", path });
    await expect(engine.logits([5, 6], true, { adapter: "other" })).rejects.toThrow(
      'one of "kept", "unloaded"',
    );
  } finally {
    await rm(path, { recursive: true });
  }
});

it("an adapter whose folder is gone or another one fails its own requests after a restart, and no others", async () => {
  const folder = await mkdtemp(join(tmpdir(), "restart-"));
  const pathOf = (name: string): string => join(folder, name);
  try {
    await using engine = await openEngine({ adapters: [] });
    for (const [seed, name] of ["kept", "gone", "changed"].entries()) {
      await writeAdapter(pathOf(name), engine.config, { rank: 2, seed });
      await engine.loadAdapter({ name, path: pathOf(name) });
    }
    const ask = (adapter?: string): Promise<unknown> => engine.logits([5, 6], true, { adapter });
    const before = [await ask(), await ask("kept")];
    await rename(pathOf("gone"), pathOf("elsewhere"));
    await rm(pathOf("changed"), { recursive: true });
    await cp(pathOf("kept"), pathOf("changed"), { recursive: true });
    await expect(collect(engine, job(DEADLY_ID))).rejects.toThrow(DeviceError);

    expect([await ask(), await ask("kept")]).toEqual(before);
    for (const [name, got] of [
      ["gone", "got CheckpointError: "],
      ["changed", "got other numbers"],
    ] as const) {
      const error = await ask(name).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AdapterError);
      expect(error).toMatchObject({ problem: "lost", adapter: name, path: pathOf(name) });
      expect(String(error)).toContain(got);
    }
    await engine.unloadAdapter("gone");
    await engine.loadAdapter({ name: "gone", path: pathOf("elsewhere") });
    await expect(ask("gone")).resolves.toBeDefined();

    // The folder as it was: the next restart finds it.
    await rm(pathOf("changed"), { recursive: true });
    await writeAdapter(pathOf("changed"), engine.config, { rank: 2, seed: 2 });
    await expect(collect(engine, job(DEADLY_ID))).rejects.toThrow(DeviceError);
    await expect(ask("changed")).resolves.toBeDefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("an engine that is disposed while its thread is dead stays disposed", async () => {
  const engine = await openEngine();
  await expect(collect(engine, job(DEADLY_ID))).rejects.toThrow(DeviceError);
  const restarting = expect(collect(engine, job(5, 4))).rejects.toThrow(DisposedError);
  await engine.dispose();
  await restarting;
  await expect(collect(engine, job(5, 4))).rejects.toThrow(DisposedError);
});
