import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { openCheckpoint, type QuantizeReport } from "@baichuan2/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryIo, run, Sink } from "../__fixtures__/run-in-memory.ts";
import { InterruptError } from "../exit-codes.ts";
import { runCli } from "../run-cli.ts";
import type { CompareReport } from "./compare.ts";
import { worstOfLayers } from "./describe-quantization.ts";

/** A random model of 3 layers, hidden size 64, rows of 64 and 176 values, and 512 tokens. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));

let directory = "";
let out = "";
let text = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "baichuan2-quantize-"));
  out = join(directory, "out");
  text = join(directory, "text.txt");
  await writeFile(text, "登鹳雀楼->王之涣\n夜雨寄北->李商隐\nThe quick brown fox.\n");
});
afterEach(() => rm(directory, { recursive: true }));

type Report = QuantizeReport & { readonly comparison: CompareReport };

const quantize = (...argv: string[]) =>
  run(["quantize", "--model", model, "--threads", "1", ...argv]);

describe("a quantized copy", () => {
  it("is inspected with the memory of the types it can be loaded as", async () => {
    const memoryOf = async (path: string) => {
      const { out: printed } = await run(["inspect", "--json", path]);
      return Object.keys((JSON.parse(printed) as { memory: object }).memory);
    };
    expect(await memoryOf(model)).toEqual(["float32", "int8", "nf4"]);
    await quantize("--format", "nf4", out);
    expect(await memoryOf(out)).toEqual(["float32", "nf4"]);
    const { out: table } = await run(["inspect", out]);
    expect(table).not.toMatch(/memory.*int8/i);
    expect(table).toMatch(/memory.*nf4/i);
  });

  it("refuses flags that contradict it, or have no effect, as unsupported", async () => {
    await quantize("--format", "nf4", out);
    const generate = (...argv: string[]) => run(["generate", "--model", out, "hello", ...argv]);
    const other = await generate("--dtype", "int8");
    expect([other.code, other.err]).toEqual([
      7,
      expect.stringContaining(`dtype "int8" for ${out}, whose weights are already quantized`),
    ]);
    for (const [flags, what] of [
      [["--quantize-head", "--dtype", "float32"], 'quantizeHead with dtype "float32"'],
      [["--quantize-embeddings", "--exact"], "quantizeEmbeddings with exact"],
    ] as const) {
      const { code, err } = await generate(...flags);
      expect([code, err]).toEqual([7, expect.stringContaining(what)]);
    }
  });
});

it("a weight that is not finite ends loading with code 5, and tensor and file", async () => {
  const damaged = join(directory, "damaged");
  await cp(model, damaged, { recursive: true });
  const path = join(damaged, "pytorch_model.bin");
  const tensor = "model.layers.1.mlp.gate_proj.weight";
  await using checkpoint = await openCheckpoint(model);
  const weights = Buffer.from(await checkpoint.readBytes(tensor));
  const bytes = await readFile(path);
  const at = bytes.indexOf(weights);
  expect(at).toBeGreaterThan(0);
  bytes.writeUInt16LE(0x7fc0, at + 20);
  await writeFile(path, bytes);
  const { code, err } = await run(["generate", "--model", damaged, "hello", "--dtype", "nf4"]);
  expect([code, err]).toEqual([
    5,
    expect.stringContaining(`${path}: tensor "${tensor}": expected finite weights, got NaN`),
  ]);
});

describe("quantize", () => {
  it("writes what generates at once, with the tokenizer and settings of the model", async () => {
    const { code, out: printed, err } = await quantize("--format", "nf4", "--json", out);
    expect([code, err]).toEqual([0, ""]);
    const { outBytes, ...report } = JSON.parse(printed) as Report;
    expect(report).toEqual({
      model,
      out,
      format: "nf4",
      sourceBytes: 433_024,
      resumedShards: 0,
    });
    expect(outBytes).toBeLessThan(0.6 * 433_024); // embeddings and head are 30 % of so small a model
    const argv = ["hello", "--greedy", "--max-new-tokens", "8", "--json"];
    const stored = await run(["generate", "--model", out, ...argv]);
    const online = await run(["generate", "--model", model, "--dtype", "nf4", ...argv]);
    expect(stored.code).toBe(0);
    expect(stored).toEqual(online);
  });

  it("reports every linear, and the model and its copy on a text", async () => {
    const flags = ["--format", "int8", "--report", "--text", text];
    const { out: printed } = await quantize(...flags, "--json", out);
    const { linears, comparison } = JSON.parse(printed) as Report;
    expect(linears).toHaveLength(3 * 5);
    for (const { relativeError } of linears) {
      // Rows of 64 to 176 values in steps of 1/127 of the largest: about 0.6 %.
      expect(relativeError).toBeGreaterThan(0.002);
      expect(relativeError).toBeLessThan(0.02);
    }
    const { out: compared } = await run(["compare", "--json", model, out, "--text", text]);
    expect(comparison).toEqual(JSON.parse(compared));
    expect(comparison.dtype).toEqual({ a: "float32", b: "int8" });
  });

  it("prints tables for people, in their language and without terminal codes", async () => {
    const flags = ["--format", "nf4", "--report", "--text", text];
    const english = await quantize(...flags, out);
    expect(english.err).toBe("");
    expect(english.out).toMatch(/^Size +\d+\.\d kB, was 433\.0 kB$/m);
    expect(english.out).toMatch(/^Layer +Worst linear +Relative error +Largest error$/m);
    for (const layer of [0, 1, 2])
      expect(english.out).toMatch(
        new RegExp(`^${layer} +(self_attn|mlp)\\.\\w+ +\\d\\.\\d\\d % +0\\.\\d+$`, "m"),
      );
    expect(english.out).toMatch(/^Same most likely token +\d+\.\d\d %$/m);
    expect(english.out).toMatch(/^final_norm +\d/m);
    const chinese = await quantize("--lang", "zh", ...flags, join(directory, "zh"));
    expect(chinese.out).toMatch(/^大小 +\S+ kB，原为 433\.0 kB$/m);
    expect(chinese.out).toMatch(/^层 +误差最大的线性层/m);
    expect(english.out + chinese.out).not.toContain("\u001B");
  });

  it("refuses what makes no sense, before it writes anything", async () => {
    const failure = async (...argv: string[]): Promise<string> => {
      const { code, err } = await quantize(...argv);
      return `${code} ${err}`;
    };
    expect(await failure(out)).toContain("2 baichuan2: expected --format");
    expect(await failure("--format", "nf4")).toContain("2 baichuan2: argument out is missing");
    expect(await failure("--format", "int5", out)).toContain("7 baichuan2: quantizeCheckpoint: ");
    expect(await failure("--format", "nf4", "--text", text, out)).toContain(
      "2 baichuan2: expected --text only",
    );
    const report = ["--format", "nf4", "--report", "--text"];
    expect(await failure(...report, join(directory, "nowhere"), out)).toContain(
      "nowhere, got ENOENT",
    );
    await truncate(text);
    expect(await failure(...report, text, out)).toContain("at least 2 tokens, got 0");
    const block = await failure("--format", "int4", out);
    expect(block).toContain("5 baichuan2: ");
    expect(block).toContain(
      'pytorch_model.bin: tensor "model.layers.0.mlp.down_proj.weight": expected rows of a multiple of 64',
    );
    expect(await failure("--format", "nf4", join(model, "out"))).toContain("2 baichuan2: ");
    expect(await failure("--format", "nf4", directory)).toContain(
      `2 baichuan2: ${directory}: expected nothing there`,
    );
    expect(await readdir(directory)).toEqual(["text.txt"]);
  });

  it("ends with code 5 for a damaged model, and names the file", async () => {
    const damaged = join(directory, "damaged");
    await cp(model, damaged, { recursive: true });
    await truncate(join(damaged, "pytorch_model.bin"), 200_000);
    const { code, err } = await quantize("--model", damaged, "--format", "nf4", out);
    expect([code, err]).toEqual([5, expect.stringContaining("pytorch_model.bin")]);
  });

  it("says after Ctrl+C that what is done is kept, and a rerun says what it found", async () => {
    const controller = new AbortController();
    const io = memoryIo(Readable.from([]), {}, controller.signal);
    // Progress is drawn on terminals only; the first bar is the moment to interrupt.
    const stderr = Object.assign(new Sink(), { isTTY: true as const, columns: 80 });
    const write = stderr.write.bind(stderr) as (...args: unknown[]) => boolean;
    stderr.write = (...args: unknown[]) => {
      controller.abort(new InterruptError("Ctrl+C"));
      return write(...args);
    };
    const argv = ["quantize", "--model", model, "--threads", "1", "--format", "nf4", out];
    expect(await runCli(argv, { ...io, stderr })).toBe(130);
    expect(stderr.text).toContain(`What is done is kept in ${out}.partial`);
    expect(await readdir(directory)).toEqual(["out.partial", "text.txt"]);
    expect((await run(argv)).code).toBe(0);
    expect((await readdir(directory)).toSorted()).toEqual(["out", "text.txt"]);
  });
});

it("worstOfLayers takes the largest relative error of each layer", () => {
  const linear = (layer: number, name: string, relativeError: number) => {
    return { name: `model.layers.${layer}.${name}.weight`, relativeError, maxError: 1 };
  };
  const worst = worstOfLayers([
    linear(0, "self_attn.W_pack", 0.1),
    linear(0, "mlp.up_proj", 0.3),
    linear(0, "mlp.down_proj", 0.2),
    linear(10, "mlp.up_proj", 0.1),
  ]);
  expect(
    worst.map(({ layer, linear: name, relativeError }) => [layer, name, relativeError]),
  ).toEqual([
    ["0", "mlp.up_proj", 0.3],
    ["10", "mlp.up_proj", 0.1],
  ]);
});
