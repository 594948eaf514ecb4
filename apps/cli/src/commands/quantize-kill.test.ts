import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expectedTensors, readModelConfig, writeSafetensors } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Layers of 1.3 M weights: int4 takes some 50 ms for each, long enough to be caught in the middle. */
const config = {
  model_type: "baichuan",
  hidden_size: 256,
  intermediate_size: 1408,
  num_hidden_layers: 6,
  num_attention_heads: 4,
  max_position_embeddings: 64,
  vocab_size: 512,
};
const SHARDS = config.num_hidden_layers + 1;

let folder = "";
let source = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "baichuan2-kill-"));
  source = join(folder, "in");
  await mkdir(source);
  await writeFile(join(source, "config.json"), JSON.stringify(config));
  await writeFile(join(source, "tokenizer.model"), "not read here");
  const shapes = [...expectedTensors(readModelConfig(config, source))];
  const tensors = shapes.map(([name, shape]) => ({ name, dtype: "f32" as const, shape }));
  const data = tensors.map(({ name, shape }, seed) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = 0.1 * Math.sin(1.3 * i + 0.01 * i * seed);
    return { name, chunks: [new Uint8Array(values.buffer)] };
  });
  await writeSafetensors(join(source, "model.safetensors"), tensors, data);
});
afterAll(() => rm(folder, { recursive: true }));

function start(out: string): ChildProcess {
  const flags = ["--model", source, "--format", "int4", "--threads", "1", "--report", "--json"];
  const args = ["--conditions=@baichuan2/source", main, "quantize", ...flags, out];
  return spawn(process.execPath, args, { env: { ...process.env, LC_ALL: "C" } });
}

async function finish(child: ChildProcess) {
  const [out, err, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { out, err, code };
}

/** Names in the directory where the result grows; none before it is there. */
const growing = (out: string): Promise<string[]> =>
  readdir(join(`${out}.partial`, "checkpoint")).catch(() => []);
const isShard = (name: string): boolean => name.endsWith(".safetensors");
const isTemporary = (name: string): boolean => name.includes(".safetensors.tmp-");

/** Runs that may end before anybody looks at them, on a busy machine. */
const MAX_ATTEMPTS = 20;

/** Kills a run as soon as the moment has come; a run that was faster is taken away and started again. */
async function killWhen(out: string, moment: (names: string[]) => boolean): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const child = start(out);
    const ended = once(child, "exit") as Promise<[number | null, string | null]>;
    while (child.exitCode === null && !moment(await growing(out)));
    child.kill("SIGKILL");
    const [code, signal] = await ended;
    if (signal === "SIGKILL") return;
    expect(code).toBe(0);
    await rm(out, { recursive: true });
  }
  expect.fail(`expected one of ${MAX_ATTEMPTS} runs to be caught, got none`);
}

/** Every file that has its final name is whole: its size is what its header says. */
async function expectWhole(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).filter(isShard)) {
    const bytes = await readFile(join(directory, name));
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<
      string,
      { data_offsets?: [number, number] }
    >;
    const ends = Object.values(header).map(({ data_offsets: range }) => range?.[1] ?? 0);
    expect(bytes.length, name).toBe(8 + length + Math.max(...ends));
  }
}

async function contentsOf(directory: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(directory)).toSorted();
  const read = names.map(async (name) => [name, await readFile(join(directory, name))] as const);
  return new Map(await Promise.all(read));
}

interface Report {
  readonly resumedShards: number;
  readonly out: string;
}

describe("a quantize that is killed", () => {
  it("never shows half a file, and a rerun ends with the bytes and report of a run in one go", async () => {
    const straight = join(folder, "straight");
    const expected = JSON.parse((await finish(start(straight))).out) as Report;
    const out = join(folder, "out");
    const partial = join(`${out}.partial`, "checkpoint");
    const moments: ((names: string[]) => boolean)[] = [
      (names) => names.some(isTemporary), // no shard yet
      (names) => names.filter(isShard).length >= 1,
      (names) => names.filter(isShard).length >= 2 && names.some(isTemporary),
      (names) => names.filter(isShard).length >= 4 && names.some(isTemporary),
      (names) => names.filter(isShard).length === SHARDS,
    ];
    for (const moment of moments) {
      await killWhen(out, moment);
      await expect(stat(out)).rejects.toThrow("ENOENT");
      await expectWhole(partial);
    }
    const { out: printed, err, code } = await finish(start(out));
    expect([code, err]).toEqual([0, ""]);
    const { resumedShards, ...report } = JSON.parse(printed) as Report;
    // The last one may have been renamed and not yet remembered.
    expect(resumedShards).toBeGreaterThanOrEqual(SHARDS - 1);
    expect({ ...report, out: straight, resumedShards: 0 }).toEqual(expected);
    expect(await contentsOf(out)).toEqual(await contentsOf(straight));
    expect((await readdir(folder)).toSorted()).toEqual(["in", "out", "straight"]);
  }, 180_000); // seven processes, one after the other

  it("lets no second run into its directory, and the second says why", async () => {
    const out = join(folder, "twice");
    const first = start(out);
    const ended = finish(first);
    while ((await growing(out)).length === 0) expect(first.exitCode).toBeNull();
    first.kill("SIGSTOP"); // alive, but too slow to finish meanwhile
    const second = await finish(start(out));
    first.kill("SIGCONT");
    expect(second.code).toBe(1);
    expect(second.err).toContain(`got process ${first.pid} on `);
    expect((await ended).code).toBe(0);
    expect(await contentsOf(out)).toEqual(await contentsOf(join(folder, "straight")));
  });
});
