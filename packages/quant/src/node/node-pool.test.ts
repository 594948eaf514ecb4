import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { QuantPool } from "../workers/quant-pool.ts";
import type { QuantJob } from "../workers/quant-job.ts";
import { runJob } from "../workers/run-job.ts";
import { createNodeQuantPool } from "./create-node-quant-pool.ts";
import { startNodeThread } from "./node-thread.ts";

/** One job of each kind; fresh values each time, as a pool takes them away. */
function jobs(): QuantJob[] {
  const values = (): Float32Array => randomWeights(1, 4 * 128);
  const layout = { cols: 128, blockSize: 64 } as const;
  return [
    { kind: "four-bit", values: values(), quantType: "fp4" },
    { kind: "int8-rows", values: values(), cols: 128 },
    { kind: "int8-rows", values: values(), cols: 128, halfFirst: false },
    { kind: "int4", values: values(), ...layout },
    { kind: "int4", values: values(), ...layout, symmetric: false, scaleDtype: "f16" },
    { kind: "int8-blocks", values: values(), ...layout },
    { kind: "int16-rows", values: values(), cols: 128 },
  ];
}

it("threads give what the calling thread gives, in order", async () => {
  await using pool = createNodeQuantPool({ threads: 2 });
  const results = [];
  for await (const result of pool.map([...jobs(), ...jobs()])) results.push(result);
  const expected = jobs().map((job) => runJob(job));
  expect(results).toEqual([...expected, ...expected]);
});

it("a thread's error arrives with its class", async () => {
  await using pool = createNodeQuantPool({ threads: 1 });
  const job = { kind: "int16-rows", values: Float32Array.of(NaN), cols: 1 } as const;
  await expect(pool.run(job)).rejects.toMatchObject({ name: "QuantError", op: "encodeInt16Rows" });
});

it("dispose ends a running job", async () => {
  const pool = createNodeQuantPool({ threads: 1 });
  const running = pool.run({
    kind: "int4",
    values: new Float32Array(2 ** 22),
    cols: 4096,
    blockSize: 32,
  });
  const outcome = expect(running).rejects.toMatchObject({ reason: "disposed" });
  await pool.dispose();
  await outcome;
});

it("a thread that exits ends the pool", async () => {
  const url = new URL("./__fixtures__/dying-worker.ts", import.meta.url);
  await using pool = new QuantPool({ threads: 1, spawn: () => startNodeThread(url) });
  const job = { kind: "int16-rows", values: Float32Array.of(1), cols: 1 } as const;
  await expect(pool.run(job)).rejects.toThrow("got a dead one: it ended with code 3");
});

it("a thread whose file is missing ends the pool", async () => {
  const url = new URL("./no-such-worker.ts", import.meta.url);
  await using pool = new QuantPool({ threads: 1, spawn: () => startNodeThread(url) });
  const job = { kind: "int16-rows", values: Float32Array.of(1), cols: 1 } as const;
  await expect(pool.run(job)).rejects.toMatchObject({ reason: "thread-died" });
});

it("idle threads do not keep a process alive, but a running job does", () => {
  const program = fileURLToPath(new URL("./__fixtures__/idle-pool.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--conditions=@baichuan2/source", program], {
    timeout: 30_000,
    encoding: "utf8",
  });
  expect(output).toBe("1\n");
});

it("a program that awaits dispose goes on after it, however early it comes", () => {
  const entry = fileURLToPath(new URL("../node.ts", import.meta.url));
  const script = `
    const { createNodeQuantPool } = await import(${JSON.stringify(entry)});
    for (const wait of [0, 1, 5, 20, 60]) {
      const pool = createNodeQuantPool({ threads: 2 });
      const job = pool.run({ kind: "int8-rows", values: new Float32Array(64), cols: 8 }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, wait));
      await pool.dispose();
      await job;
    }
    console.log("done");
  `;
  const argv = ["--conditions=@baichuan2/source", "--input-type=module", "-e", script];
  expect(execFileSync(process.execPath, argv, { encoding: "utf8" })).toBe("done\n");
});
