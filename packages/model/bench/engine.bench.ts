/**
 * What the engine's scheduling gains and costs, on random weights of the published 7B shape:
 * `pnpm bench model engine [--layers=32] [--dtype=int4] [--rounds=5] [--only=prefix] [--json]`.
 *
 * - streams: tokens per second of 8 streams against 1, and of a deterministic model;
 * - prefix: time to the first token of a second request with the same 1,000 tokens before its own 10;
 * - interleave: time between tokens of a stream while a prompt of 1,500 tokens is processed;
 * - speculation: tokens per second with guesses against without, on a text that repeats itself fully, mostly, and never.
 *
 * Variants take turns within a round; rates and times are medians over the rounds. Fewer layers leave more of the time to
 * the head: numbers to be quoted need all 32 (a minute to load, 5 GB).
 */
import { parseArgs } from "node:util";
import { loadSyntheticModel, type GenerateOptions, type Model } from "../src/index.ts";
import type { WeightDtype } from "../src/network/weight-plan.ts";
import { percentile } from "../src/quality/percentile.ts";

const { values: flags } = parseArgs({
  options: {
    layers: { type: "string", default: "4" },
    dtype: { type: "string", default: "int4" },
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(flags.rounds);
const dtype = flags.dtype as WeightDtype;

const open = (deterministic: boolean): Promise<Model> =>
  loadSyntheticModel("7b", {
    layers: Number(flags.layers),
    dtype,
    ...(dtype === "int4" ? { blockSize: 128 } : {}),
    ...(dtype === "float32" ? {} : { quantizeHead: true }),
    deterministic,
  });

/** Ids that no other call gives. */
let texts = 0;
function freshIds(count: number): number[] {
  texts += 1;
  return Array.from({ length: count }, (_, i) => 1000 + ((texts * 7919 + i * 104_729) % 120_000));
}

const greedy = { doSample: false, repetitionPenalty: 1, ignoreEos: true };

/** When the tokens of a generation came, in seconds from its start; several at once count as several. */
async function arrivals(
  model: Model,
  tokenIds: readonly number[],
  options: GenerateOptions,
): Promise<number[]> {
  const start = performance.now();
  const times: number[] = [];
  for await (const delta of model.generateStream({ tokenIds }, options))
    for (const _ of delta.tokenIds) times.push((performance.now() - start) / 1e3);
  return times;
}

const quantile = (values: readonly number[], fraction: number): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    fraction,
  );
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Tokens per second of all streams, from where the last of them has started. */
async function streamRate(model: Model, streams: number, newTokens: number): Promise<number> {
  const options = { ...greedy, maxNewTokens: newTokens };
  const all = await Promise.all(
    Array.from({ length: streams }, () => arrivals(model, freshIds(8), options)),
  );
  const from = Math.max(...all.map(([first = 0]) => first));
  const to = Math.min(...all.map((times) => times.at(-1) ?? 0));
  return all.flat().filter((time) => time > from && time <= to).length / (to - from);
}

/** @returns times to the first token, of a first request and of one with the same beginning, in seconds. */
async function prefixTimes(model: Model): Promise<[number, number]> {
  const prefix = freshIds(1000);
  const first = async (): Promise<number> =>
    (await arrivals(model, [...prefix, ...freshIds(10)], { ...greedy, maxNewTokens: 1 }))[0] ?? NaN;
  return [await first(), await first()];
}

/** @returns times between tokens of a stream, alone and beside a long prompt, in seconds. */
async function gapsBeside(model: Model): Promise<{ alone: number[]; beside: number[] }> {
  const controller = new AbortController();
  let prompt: Promise<unknown> | undefined;
  let isOver = false;
  const gaps = { alone: [] as number[], beside: [] as number[] };
  let last = 0;
  const options = { ...greedy, maxNewTokens: 1000, signal: controller.signal };
  for await (const delta of model.generateStream({ tokenIds: freshIds(8) }, options)) {
    void delta;
    const now = performance.now();
    if (last > 0) gaps[prompt ? "beside" : "alone"].push((now - last) / 1e3);
    last = now;
    if (isOver) break;
    if (gaps.alone.length < 20) continue;
    prompt ??= model
      .generate({ tokenIds: freshIds(1500) }, { ...greedy, maxNewTokens: 1 })
      .finally(() => (isOver = true));
  }
  await prompt;
  return gaps;
}

/** How texts repeat themselves: random networks do at low temperatures, and never at high ones. */
const temperatures = { fully: 0, mostly: 0.16, never: 1 } as const;

async function decodeRate(model: Model, options: GenerateOptions): Promise<number> {
  const times = await arrivals(model, freshIds(64), { ...options, maxNewTokens: 96 });
  return (times.length - 1) / ((times.at(-1) ?? NaN) - (times[0] ?? NaN));
}

function report(row: Readonly<Record<string, string | number>>): void {
  const rounded = Object.entries(row).map(([key, value]) => {
    return [key, typeof value === "number" ? Number(value.toPrecision(4)) : value] as const;
  });
  if (flags.json) console.log(JSON.stringify(Object.fromEntries(rounded)));
  else console.log(rounded.map(([key, value]) => `${key} ${value}`).join("  "));
}

/** Runs a round as often as asked, after one that does not count. */
async function repeat<Result>(round: () => Promise<Result>): Promise<Result[]> {
  await round();
  const results: Result[] = [];
  for (let index = 0; index < rounds; index++) results.push(await round());
  return results;
}

const benches = {
  async streams(model: Model): Promise<void> {
    const results = await repeat(async () => {
      return [await streamRate(model, 1, 24), await streamRate(model, 8, 24)] as const;
    });
    const [one, eight] = [median(results.map(([a]) => a)), median(results.map(([, b]) => b))];
    report({ bench: "streams", one, eight, ratio: median(results.map(([a, b]) => b / a)) });
  },
  async prefix(model: Model): Promise<void> {
    const results = await repeat(() => prefixTimes(model));
    report({
      bench: "prefix",
      firstSeconds: median(results.map(([a]) => a)),
      secondSeconds: median(results.map(([, b]) => b)),
      ratio: median(results.map(([a, b]) => b / a)),
    });
  },
  async interleave(model: Model): Promise<void> {
    const results = await repeat(() => gapsBeside(model));
    const [alone, beside] = [
      results.flatMap((gaps) => gaps.alone),
      results.flatMap((gaps) => gaps.beside),
    ];
    report({
      bench: "interleave",
      aloneP50Ms: 1e3 * median(alone),
      aloneP99Ms: 1e3 * quantile(alone, 0.99),
      besideP50Ms: 1e3 * median(beside),
      besideP99Ms: 1e3 * quantile(beside, 0.99),
    });
  },
  async speculation(model: Model): Promise<void> {
    for (const [repeats, temperature] of Object.entries(temperatures)) {
      const options = { ...greedy, doSample: temperature > 0, temperature, topK: 0, topP: 1 };
      const before = (await model.stats()).drafts;
      const results = await repeat(async () => {
        const seeded = { ...options, seed: texts };
        return [
          await decodeRate(model, seeded),
          await decodeRate(model, { ...seeded, speculative: true }),
        ] as const;
      });
      const { proposed, accepted } = (await model.stats()).drafts;
      report({
        bench: "speculation",
        repeats,
        plain: median(results.map(([a]) => a)),
        guessed: median(results.map(([, b]) => b)),
        ratio: median(results.map(([a, b]) => b / a)),
        proposed: proposed - before.proposed,
        accepted: accepted - before.accepted,
      });
    }
  },
};

await using model = await open(false);
for (const [name, run] of Object.entries(benches))
  if (flags.only === undefined || flags.only === name) await run(model);
if (flags.only === undefined || flags.only === "deterministic") {
  await using strict = await open(true);
  const results = await repeat(async () => {
    return [
      await streamRate(model, 1, 24),
      await streamRate(strict, 1, 24),
      await streamRate(strict, 8, 24),
    ] as const;
  });
  report({
    bench: "deterministic",
    plainOne: median(results.map(([a]) => a)),
    one: median(results.map(([, b]) => b)),
    eight: median(results.map(([, , c]) => c)),
  });
}
