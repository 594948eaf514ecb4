import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MemoryEstimate } from "@baichuan2/model";
import { describe, expect, it } from "vitest";
import { run } from "../__fixtures__/run-in-memory.ts";

/** A random model of 3 layers and 512 tokens. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));

interface Report {
  readonly model: string;
  readonly context: number;
  readonly batch: number;
  readonly availableBytes: number;
  readonly estimates: readonly MemoryEstimate[];
}

async function report(...argv: string[]): Promise<Report> {
  const { out } = await run(["estimate", "--json", ...argv]);
  return JSON.parse(out) as Report;
}

describe("estimate", () => {
  it("tells what a published size takes, in bytes", async () => {
    const argv = ["--shape", "13b", "--dtype", "int4", "--context", "1000", "--batch", "4"];
    const { model: name, context, batch, availableBytes, estimates } = await report(...argv);
    expect([name, context, batch]).toEqual(["13b", 1000, 4]);
    expect(availableBytes).toBeGreaterThan(0);
    const [only, ...others] = estimates;
    expect(others).toEqual([]);
    expect(only?.dtype).toBe("int4");
    expect(only?.cacheBytes).toBe(4 * 1000 * 40 * 2 * 5120 * 4); // 4 texts, 40 layers
    expect(only?.embeddingsBytes).toBe(2 * 125_696 * 5120);
  });

  it("has an entry for each number type that a model can be loaded as", async () => {
    const { context, estimates } = await report(model);
    expect(context).toBe(256); // model_max_length
    // 176 is no multiple of int4's blocks
    expect(estimates.map(({ dtype }) => dtype)).toEqual(["float32", "int8", "nf4"]);
    // 3 layers of 4·64² + 3·64·176 weights, and the head, 512·64
    expect(estimates[0]?.weightsBytes).toBe(4 * (3 * (4 * 64 ** 2 + 3 * 64 * 176) + 512 * 64));
  });

  it("counts what the flags for head and embeddings save", async () => {
    const [plain] = (await report("--shape", "7b", "--dtype", "nf4")).estimates;
    const flags = ["--head-bits", "4", "--quantize-embeddings"];
    const [small] = (await report("--shape", "7b", "--dtype", "nf4", ...flags)).estimates;
    expect(small?.weightsBytes).toBeLessThan(plain?.weightsBytes ?? 0);
    expect(small?.embeddingsBytes).toBe(125_696 * (4096 + 4)); // a byte each, and a scale for each row
  });

  it("prints tables for people, in their language", async () => {
    const { code, out } = await run(["estimate", "--shape", "7b"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Sequences +1 of 4096 tokens$/m);
    expect(out).toMatch(
      /^float32 +28\.0 GB +4\.3 GB .*\nint8 .*\nnf4 .*\nint4 +5\.1 GB +4\.3 GB /m,
    );
    const { out: chinese } = await run(["estimate", "--shape", "7b", "--lang", "zh"]);
    expect(chinese).toContain("1 个，每个 4096 个词元");
  });

  it("ends with the code of what is wrong", async () => {
    const codeOf = async (...argv: string[]) => (await run(["estimate", ...argv])).code;
    const empty = await mkdtemp(join(tmpdir(), "baichuan2-cli-"));
    expect(await codeOf()).toBe(2);
    expect(await codeOf("--shape", "7b", model)).toBe(2);
    expect(await codeOf("--shape", "7b", "--batch", "0")).toBe(2);
    expect(await codeOf("--shape", "7b", "--dtype", "float32", "--quantize-head")).toBe(7);
    expect(await codeOf(model, "--dtype", "int4")).toBe(5);
    expect(await codeOf(empty)).toBe(5);
    await rm(empty, { recursive: true });
  });
});
