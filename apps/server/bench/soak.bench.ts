/**
 * Memory of a server under mixed traffic, with the bundled model: `pnpm bench server soak [--seconds=300] [--json]`.
 *
 * Streams, answers in one piece, several texts at once, JSON, echo with log-probabilities, embeddings, wrong requests, and clients that
 * leave. Before them the engine is filled to its last slot, because the pool of keys and values and onnxruntime's arena keep what their
 * fullest step needed. Resident memory (what no file backs) and heap are taken every few seconds, after a collection. Flat: a
 * straight line through the last four fifths of them ends less than 2 % above its beginning.
 *
 * The allocator matters: glibc's keeps a few percent more every few minutes, in holes between blocks of all sizes, jemalloc less
 * (`LD_PRELOAD=libjemalloc.so.2 pnpm bench server soak`, on Debian of the package libjemalloc2). The report names it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { NAME, start } from "../src/__fixtures__/start.ts";
import { questionAt } from "./questions.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "300" },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(flags.seconds);
/** Requests at a time. */
const PARALLEL = 16;
const SAMPLES = 30;
/** Of the time, in which the rarest kinds of traffic have met. */
const WARM_SHARE = 0.2;
const SLOTS = 4096;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

await using started = await start({ load: { threads: 1, maxSlots: SLOTS } });
const endings: Record<string, number> = {};
await fill();
const until = performance.now() + 1000 * seconds;

/** Runs so many texts that share nothing that all slots are taken, and some have to be given back. */
async function fill(): Promise<void> {
  const length = 200;
  const texts = Array.from({ length: (2 * SLOTS) / length }, (_, text) =>
    Array.from({ length }, (_one, place) => 100 + ((7 * text + 13 * place * (text + 1)) % 1000)),
  );
  const options = { maxNewTokens: length, ignoreEos: true };
  await Promise.all(texts.map((tokenIds) => started.model.generate({ tokenIds }, options)));
}

const chat = (index: number) => ({ messages: [{ role: "user", content: questionAt(index) }] });
/** Kinds of traffic; each takes its turn. */
const kinds: ((
  index: number,
) => readonly [path: string, fields: object, leavesAfterMs?: number])[] = [
  (index) => ["chat/completions", { ...chat(index), stream: true }],
  (index) => ["chat/completions", chat(index)],
  (index) => ["chat/completions", { ...chat(index), stream: true, n: 3, temperature: 1 }],
  (index) => [
    "chat/completions",
    { ...chat(index), response_format: { type: "json_object" }, max_tokens: 24 },
  ],
  (index) => ["chat/completions", { ...chat(index), stream: true, ignore_eos: true }, index % 200],
  (index) => ["chat/completions", { ...chat(index), ignore_eos: true }, index % 150],
  (index) => ["completions", { prompt: questionAt(index), echo: true, logprobs: 3, max_tokens: 8 }],
  (index) => ["embeddings", { input: [questionAt(index), questionAt(index + 1)] }],
  () => ["chat/completions", { messages: [{ role: "nobody" }] }],
  (index) => ["completions", { prompt: questionAt(index), n: 1000 }],
];

async function one(index: number): Promise<string> {
  const [path, fields, leavesAfterMs] = kinds[index % kinds.length]?.(index) ?? ["", {}];
  const body = JSON.stringify({ model: NAME, ...fields });
  const signal = leavesAfterMs === undefined ? null : AbortSignal.timeout(leavesAfterMs);
  try {
    const answer = await fetch(`${started.url}/v1/${path}`, { method: "POST", body, signal });
    await answer.text();
    return String(answer.status);
  } catch (error) {
    return (error as Error).name === "TimeoutError" ? "left" : String(error);
  }
}

let next = 0;
async function client(end: number): Promise<void> {
  while (performance.now() < end) {
    const ending = await one(next++);
    endings[ending] = (endings[ending] ?? 0) + 1;
  }
}

interface Sample {
  readonly seconds: number;
  readonly residentMB: number;
  readonly heapMB: number;
}

async function sample(): Promise<Sample> {
  collect();
  const { anonymousBytes, rssBytes } = await started.model.stats();
  const left = (until - performance.now()) / 1000;
  return {
    seconds: Math.round(seconds - left),
    residentMB: (anonymousBytes ?? rssBytes) / 1e6,
    heapMB: process.memoryUsage().heapUsed / 1e6,
  };
}

const samples: Sample[] = [];
async function watch(): Promise<void> {
  for (let index = 0; index < SAMPLES; index++) {
    await sleep((1000 * seconds) / SAMPLES);
    samples.push(await sample());
    if (!flags.json) console.log(JSON.stringify(samples.at(-1), rounded));
  }
}
await Promise.all([watch(), ...Array.from({ length: PARALLEL }, () => client(until))]);

/** Least squares. @returns what `value` grows by in an hour. */
function slope(value: (one: Sample) => number, from: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number): number =>
    from.reduce((sum, one) => sum + of(one), 0) / from.length;
  const [x, y] = [mean((one) => one.seconds), mean(value)];
  const covariance = mean((one) => (one.seconds - x) * (value(one) - y));
  return (3600 * covariance) / mean((one) => (one.seconds - x) ** 2);
}

const warm = samples.slice(WARM_SHARE * SAMPLES);
const residentPerHour = slope((one) => one.residentMB, warm);
const growth = (residentPerHour * (1 - WARM_SHARE) * seconds) / 3600 / (warm[0]?.residentMB ?? NaN);
const { sequences, slots } = await started.model.stats();
const report = {
  allocator: /jemalloc|mimalloc|tcmalloc/.exec(process.env["LD_PRELOAD"] ?? "")?.[0] ?? "malloc",
  requests: next,
  endings,
  residentMBPerHour: residentPerHour,
  heapMBPerHour: slope((one) => one.heapMB, warm),
  growthPercent: 100 * growth,
  isFlat: growth < 0.02,
  left: { ...sequences, slots: slots.used - slots.cached },
  ...(flags.json && { samples }),
};
console.log(JSON.stringify(report, rounded, flags.json ? undefined : 2));

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(100 * value) / 100 : value;
}
