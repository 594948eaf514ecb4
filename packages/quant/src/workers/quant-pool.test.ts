import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { encodeInt8Blocks } from "../int8-blocks/index.ts";
import { QuantError } from "../quant-error.ts";
import { answer } from "./answer.ts";
import { createQuantPool } from "./create-quant-pool.ts";
import type { QuantRequest, QuantResponse } from "./protocol.ts";
import type { Int8BlocksJob } from "./quant-job.ts";
import { toBfloat16Bits } from "../bfloat16.ts";
import { toFloat16Bits } from "../float16.ts";
import { runJob } from "./run-job.ts";
import type { WorkerLike } from "./worker-like.ts";

/** A thread without a thread: it answers when the test says so, with structured clones as a real one. */
class FakeThread implements WorkerLike {
  readonly requests: QuantRequest[] = [];
  readonly listeners = new Map<string, (event: never) => void>();
  isTerminated = false;

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    this.requests.push(structuredClone(message, { transfer }) as QuantRequest);
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, listener);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  /** Answers the oldest request. */
  work(): void {
    const request = this.requests.shift();
    if (!request) throw new Error("no request to answer");
    const [response, transfer] = answer(request);
    this.emit("message", { data: structuredClone(response, { transfer }) });
  }
  emit(type: string, event: unknown): void {
    this.listeners.get(type)?.(event as never);
  }
}

function fakePool(threads: number) {
  const started: FakeThread[] = [];
  const pool = createQuantPool({
    threads,
    spawn: () => {
      const thread = new FakeThread();
      started.push(thread);
      return thread;
    },
  });
  return { pool, started };
}

const layout = { cols: 32, blockSize: 32 } as const;
const job = (seed: number): Int8BlocksJob => ({
  kind: "int8-blocks",
  values: randomWeights(seed, 64),
  ...layout,
});
const expected = (seed: number) => encodeInt8Blocks(randomWeights(seed, 64), layout);
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it("a pool runs a job on a thread and moves its buffer there", async () => {
  const { pool, started } = fakePool(2);
  const moved = job(1);
  const result = pool.run(moved);
  expect(started.length).toBe(1); // a second thread is started when there is work for it
  expect(moved.values.buffer.byteLength).toBe(0);
  started[0].work();
  expect(await result).toEqual(expected(1));
});

it("a view of a part of a buffer is copied, the rest stays", async () => {
  const { pool, started } = fakePool(1);
  const whole = randomWeights(5, 128);
  const values = whole.subarray(64);
  const copy = values.slice();
  const result = pool.run({ kind: "int8-blocks", values, ...layout });
  expect(whole.length).toBe(128);
  started[0].work();
  expect(await result).toEqual(encodeInt8Blocks(copy, layout));
});

it("threads 0 runs on the calling thread", async () => {
  const { pool, started } = fakePool(0);
  expect(await pool.run(job(1))).toEqual(expected(1));
  const results = [];
  for await (const result of pool.map([job(1), job(2)])) results.push(result);
  expect(results).toEqual([expected(1), expected(2)]);
  expect(started.length).toBe(0);
});

it("a pool refuses threads that are no count", () => {
  for (const threads of [-1, 1.5, NaN]) expect(() => fakePool(threads)).toThrow(QuantError);
});

it("an encoder's error crosses the threads with class and fields, and the thread goes on", async () => {
  const { pool, started } = fakePool(1);
  const bad = pool.run({ ...job(1), cols: 33 });
  const good = pool.run(job(2));
  started[0].work();
  const error = await bad.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(QuantError);
  expect(error).toMatchObject({ op: "encodeInt8Blocks", actual: "cols 33", code: "ERR_QUANT" });
  expect(String(error)).toContain("choose a smaller blockSize");
  started[0].work();
  expect(await good).toEqual(expected(2));
});

it("a job of a buffer that has moved rejects alone", async () => {
  const { pool, started } = fakePool(1);
  const used = job(1);
  const first = pool.run(used);
  const again = pool.run(used);
  started[0].work();
  await first;
  await expect(again).rejects.toThrow();
  const next = pool.run(job(3));
  started[0].work();
  expect(await next).toEqual(expected(3));
});

it("map yields in the order of the jobs, whichever thread is first", async () => {
  const { pool, started } = fakePool(2);
  const results = pool.map([job(1), job(2), job(3)]);
  const first = results.next();
  await tick();
  started[1].work(); // job 2
  started[1].work(); // job 3
  await tick();
  started[0].work(); // job 1
  expect((await first).value).toEqual(expected(1));
  expect((await results.next()).value).toEqual(expected(2));
  expect((await results.next()).value).toEqual(expected(3));
  expect((await results.next()).done).toBe(true);
});

it("map takes at most threads + 1 jobs ahead of its reader", async () => {
  const { pool, started } = fakePool(2);
  let taken = 0;
  async function* jobs() {
    for (;;) yield job(++taken);
  }
  const results = pool.map(jobs());
  const first = results.next();
  await tick();
  expect(taken).toBe(3);
  for (const thread of started) thread.work();
  await first;
  await tick();
  expect(taken).toBe(3); // nobody asked for a second result
  await results.return();
});

it("leaving map's loop drops the jobs that wait and closes their source", async () => {
  const { pool, started } = fakePool(1);
  let isClosed = false;
  async function* jobs() {
    try {
      for (let seed = 1; ; seed++) yield job(seed);
    } finally {
      isClosed = true;
    }
  }
  const loop = (async () => {
    for await (const result of pool.map(jobs())) return result;
    return undefined;
  })();
  await tick();
  started[0].work();
  expect(await loop).toEqual(expected(1));
  await tick();
  expect(isClosed).toBe(true);
  started[0].work(); // the second job was running
  expect(started[0].requests).toEqual([]);
});

it("an abort ends a running job at once, and its thread takes the next after it", async () => {
  const { pool, started } = fakePool(1);
  const controller = new AbortController();
  const running = pool.run(job(1), { signal: controller.signal });
  const waiting = pool.run(job(2), { signal: controller.signal });
  const other = pool.run(job(3));
  controller.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  await expect(waiting).rejects.toThrow("enough");
  started[0].work();
  started[0].work();
  expect(await other).toEqual(expected(3));
  expect(started[0].requests).toEqual([]);
  await expect(pool.run(job(4), { signal: controller.signal })).rejects.toThrow("enough");
});

it("an abort ends map also while its source makes it wait", async () => {
  const { pool } = fakePool(1);
  const controller = new AbortController();
  async function* never(): AsyncGenerator<Int8BlocksJob> {
    await new Promise(() => {});
    yield job(1);
  }
  const first = pool.map(never(), { signal: controller.signal }).next();
  await tick();
  controller.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
});

it("map throws what its source throws", async () => {
  const { pool } = fakePool(1);
  function* broken(): Generator<Int8BlocksJob> {
    yield job(1);
    throw new Error("no such tensor");
  }
  await expect(pool.map(broken()).next()).rejects.toThrow("no such tensor");
});

it("dispose ends the threads and rejects what waits or runs with a typed error", async () => {
  const { pool, started } = fakePool(1);
  const jobs = [pool.run(job(1)), pool.run(job(2))];
  const settled = Promise.allSettled(jobs);
  await pool.dispose();
  await pool.dispose();
  for (const outcome of await settled)
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { name: "QuantPoolError", code: "ERR_QUANT_POOL", reason: "disposed" },
    });
  expect(started[0].isTerminated).toBe(true);
  await expect(pool.run(job(3))).rejects.toThrow("expected a live pool, got one that was disposed");
});

it("a thread that dies ends the pool with an error that tells why", async () => {
  const { pool, started } = fakePool(2);
  const jobs = [pool.run(job(1)), pool.run(job(2)), pool.run(job(3))];
  const settled = Promise.allSettled(jobs);
  started[0].emit("error", { message: "out of memory" });
  for (const outcome of await settled)
    expect(outcome).toMatchObject({ reason: { reason: "thread-died" } });
  await expect(jobs[0]).rejects.toThrow("got a dead one: out of memory (create a new pool");
  await expect(pool.run(job(4))).rejects.toMatchObject({ reason: "thread-died" });
  expect(started.every((thread) => thread.isTerminated)).toBe(true);
});

it("a thread that cannot be started ends the pool likewise", async () => {
  const pool = createQuantPool({
    threads: 1,
    spawn: () => {
      throw new Error("workers are blocked here");
    },
  });
  await expect(pool.run(job(1))).rejects.toThrow(
    "it cannot be started: Error: workers are blocked",
  );
});

it("an answer that cannot be read ends the pool", async () => {
  const { pool, started } = fakePool(1);
  const running = pool.run(job(1));
  started[0].emit("messageerror", {});
  await expect(running).rejects.toThrow("its answer cannot be read");
});

it("runJob widens the bits of 16-bit weights", () => {
  const values = Float32Array.of(0.5, -1, 0.25, 2);
  const job = { kind: "int8-rows", cols: 2 } as const;
  const expected = runJob({ ...job, values });
  expect(runJob({ ...job, values: toBfloat16Bits(values), dtype: "bf16" })).toEqual(expected);
  expect(runJob({ ...job, values: toFloat16Bits(values), dtype: "f16" })).toEqual(expected);
});

it("runJob refuses an unknown kind", () => {
  expect(() => runJob({ kind: "int3", values: new Float32Array() } as never)).toThrow(
    "runJob: expected a known kind of job, got int3",
  );
});

it("a response has either a result or an error", () => {
  const [response, transfer]: [QuantResponse, ArrayBuffer[]] = answer({ job: job(1) });
  expect(Object.keys(response)).toEqual(["result"]);
  expect(transfer.length).toBe(2);
  expect(answer({ job: { ...job(1), cols: 5 } })[1]).toEqual([]);
});
