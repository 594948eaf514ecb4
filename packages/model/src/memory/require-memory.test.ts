import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Engine } from "../engine/engine.ts";
import { checkLoad, loadModel, loadSyntheticModel } from "../load-model.ts";
import type { WeightOptions } from "../network/weight-plan.ts";
import { publishedConfig } from "../shapes.ts";
import { estimate } from "./estimate.ts";
import { MemoryLimitError, type MemoryHint } from "./memory-limit-error.ts";
import { requireMemory } from "./require-memory.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

const synthetic = { kind: "synthetic", config: publishedConfig("7b"), seed: 0 } as const;

const refusalOf = async (loading: Promise<unknown>): Promise<MemoryLimitError> => {
  const error = await loading.catch((reason: unknown) => reason);
  if (error instanceof MemoryLimitError) return error;
  throw new Error(`expected a MemoryLimitError, got ${String(error)}`);
};

afterEach(() => vi.restoreAllMocks());

describe("a load that memory cannot hold", () => {
  it("is refused before a thread starts, a weight is read or a file is made", async () => {
    const open = vi.spyOn(Engine, "open");
    const onProgress = vi.fn();
    const stagingDir = await mkdtemp(join(tmpdir(), "require-memory-"));
    const options = { memoryLimitBytes: 1e6, onProgress, stagingDir };
    await expect(loadModel(tinyChat, options)).rejects.toThrow(MemoryLimitError);
    await expect(checkLoad(tinyChat, options)).rejects.toThrow(MemoryLimitError);
    await expect(loadSyntheticModel("7b", options)).rejects.toThrow(MemoryLimitError);
    expect(await readdir(stagingDir)).toEqual([]);
    expect(open).not.toHaveBeenCalled();
    expect(onProgress).not.toHaveBeenCalled();
    await rm(stagingDir, { recursive: true });
  });

  it("tells what it needs, what there is, and what to do", async () => {
    const error = await refusalOf(
      loadSyntheticModel("7b", { dtype: "nf4", memoryLimitBytes: 2e9 }),
    );
    const { weightsBytes, workBytes, processBytes, runningBytes } = estimate({
      variant: "7b",
      dtype: "nf4",
      context: 256,
    });
    expect(error).toMatchObject({
      code: "ERR_MEMORY_LIMIT",
      availableBytes: 2e9,
      breakdown: { weightsBytes, workBytes, processBytes, cacheBytes: 256 * 2 * 32 * 4096 * 4 },
    });
    expect(error.needBytes).toBeGreaterThanOrEqual(runningBytes);
    expect(error.message).toMatch(
      /^loadModel: expected \d\.\d\d GB of available memory \(weights 8\.32, cache 0\.27, .*\), got 2\.00 GB \(use dtype "int4", quantizeHead: true, free some memory; memoryLimitBytes: Infinity loads all the same\)$/,
    );
  });

  it.each<[WeightOptions, MemoryHint[]]>([
    [{ dtype: "float32" }, ["dtype-int4"]],
    [{ dtype: "nf4" }, ["dtype-int4", "quantize-head"]],
    [{ dtype: "int4" }, ["quantize-head"]],
    [{ dtype: "int4", quantizeHead: true }, []],
    [{ dtype: "int4", exact: true }, ["no-exact"]],
  ])("suggests for %j only what helps", async (weights, hints) => {
    const error = await refusalOf(requireMemory(synthetic, { weights, memoryLimitBytes: 1e9 }));
    expect(error.hints).toEqual(hints);
  });

  it("needs room for the slots that a cache begins with, whatever it may grow to", async () => {
    const cacheOf = async (maxSlots?: number) => {
      const options = { maxSlots, memoryLimitBytes: 1e9 };
      return (await refusalOf(requireMemory(synthetic, options))).breakdown.cacheBytes;
    };
    const ofToken = 2 * 32 * 4096 * 4;
    expect(await cacheOf()).toBe(256 * ofToken);
    expect(await cacheOf(16_384)).toBe(256 * ofToken);
    expect(await cacheOf(100)).toBe(100 * ofToken);
  });

  it("is refused by quantize as well, and the model stays as it is", async ({ skip }) => {
    skip(process.platform === "darwin", "on macOS nothing tells what memory is available");
    await using model = await loadModel(tinyChat, { threads: 1, memoryLimitBytes: 400e6 });
    vi.spyOn(process, "constrainedMemory").mockReturnValue(1e9);
    vi.spyOn(process, "availableMemory").mockReturnValue(-1e15);
    await expect(model.quantize(8)).rejects.toThrow(MemoryLimitError);
    expect(model.dtype).toBe("float32");
  });

  it("is refused when the limit is no number of bytes", async () => {
    for (const memoryLimitBytes of [Number.NaN, -1])
      await expect(requireMemory(synthetic, { memoryLimitBytes })).rejects.toThrow(
        `loadModel: expected what is supported here, got memoryLimitBytes ${memoryLimitBytes}`,
      );
  });

  it("is let through when the limit is infinite", async () => {
    const config = { ...publishedConfig("7b", 1), vocabSize: 4e9 };
    const source = { kind: "synthetic", config, seed: 0 } as const;
    await expect(requireMemory(source, { memoryLimitBytes: Infinity })).resolves.toBeUndefined();
    await expect(requireMemory(source, {})).rejects.toThrow(MemoryLimitError);
  });
});
