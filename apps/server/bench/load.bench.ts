/**
 * What a server makes of its engine, with the bundled model and streams:
 * `pnpm bench server load [--clients=64] [--seconds=30] [--rounds=10] [--threads=1] [--json]`.
 *
 * Clients ask through HTTP in a process of their own; in turns with them as many callers ask the same questions of the same engine
 * in this process. Ratio: tokens per second of the one by those of the other, in the median of the rounds. Server, clients
 * and engine share the machine: the engine computes with one thread, so that two cores are enough for all three. Where other
 * programs take their part of the cores, so does serving: processor time per token tells the two apart.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createHistogram } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { NAME, start } from "../src/__fixtures__/start.ts";
import { questionAt } from "./questions.ts";
import { runRound, type RoundPlan, type RoundResult, type Watch } from "./round.ts";

const { values: flags } = parseArgs({
  options: {
    clients: { type: "string", default: "64" },
    seconds: { type: "string", default: "30" },
    rounds: { type: "string", default: "10" },
    threads: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const [clients, rounds] = [Number(flags.clients), Number(flags.rounds)];
const seconds = Number(flags.seconds) / rounds;

await using started = await start({
  load: { threads: Number(flags.threads), maxSequences: clients, maxSlots: 128 * clients },
  maxSequences: clients,
});
const program = fileURLToPath(new URL("./clients.ts", import.meta.url));
const child = fork(program, [started.url, NAME]);
await once(child, "message");

async function throughHttp(plan: RoundPlan): Promise<RoundResult> {
  child.send(plan);
  const [result] = (await once(child, "message")) as [RoundResult];
  return result;
}

async function askEngine(index: number, { piece }: Watch): Promise<number> {
  const messages = [{ role: "user", content: questionAt(index) }] as const;
  const stream = started.model.generateStream({ messages });
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return value.usage.completionTokens;
    if (value.text !== "") piece();
  }
}
const inProcess = (plan: RoundPlan): Promise<RoundResult> => runRound(plan, askEngine);

/** A round, with processor time of this process: of the thread that serves, and of the engine's. */
type Timed = RoundResult & { readonly cpuSeconds: number; readonly engineCpuSeconds: number };

async function timed(
  run: (plan: RoundPlan) => Promise<RoundResult>,
  plan: RoundPlan,
): Promise<Timed> {
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  const result = await run(plan);
  const cpuSeconds = secondsOf(process.threadCpuUsage(own));
  return { ...result, cpuSeconds, engineCpuSeconds: secondsOf(process.cpuUsage(all)) - cpuSeconds };
}

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

const server: Timed[] = [];
const engine: Timed[] = [];
for (let round = -1; round < rounds; round++) {
  const plan = { clients, seconds: round < 0 ? 2 : seconds, from: 10_000 * (round + 1) };
  const turns = [
    async () => void server.push(await timed(throughHttp, plan)),
    async () => void engine.push(await timed(inProcess, plan)),
  ];
  // Who comes second finds some prompts in the cache: that is each of them in turn.
  for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
}
child.disconnect();

const rateOf = ({ tokens, seconds: took }: RoundResult): number => tokens / took;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

const round3 = (value: number): number => Number(value.toFixed(3));

function sum(
  results: readonly Timed[],
  field: "requests" | "errors" | "tokens" | "seconds" | "cpuSeconds" | "engineCpuSeconds",
): number {
  return results.reduce((all, one) => all + one[field], 0);
}

function summary(results: readonly Timed[]) {
  const [first, gap] = [createHistogram(), createHistogram()];
  for (const { firstMs, gapsMs } of results) {
    for (const ms of firstMs) first.record(Math.max(1, Math.round(1000 * ms)));
    for (const ms of gapsMs) gap.record(Math.max(1, Math.round(1000 * ms)));
  }
  return {
    requests: sum(results, "requests"),
    errors: sum(results, "errors"),
    tokensPerSecond: Math.round(median(results.map(rateOf))),
    cpuMsPerToken: {
      serving: round3((1000 * sum(results, "cpuSeconds")) / sum(results, "tokens")),
      engine: round3((1000 * sum(results, "engineCpuSeconds")) / sum(results, "tokens")),
    },
    firstTokenMs: { p50: first.percentile(50) / 1000, p95: first.percentile(95) / 1000 },
    interTokenMs: { p50: gap.percentile(50) / 1000, p95: gap.percentile(95) / 1000 },
  };
}

// The first round of each is to warm up.
const [counted, own] = [server.slice(1), engine.slice(1)];
const ratios = counted.map((result, round) => rateOf(result) / rateOf(own[round] ?? result));
const report = {
  clients,
  server: summary(counted),
  engine: summary(own),
  ratio: round3(median(ratios)),
  ratios: ratios.map(round3),
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
if (flags.json) console.log(JSON.stringify(report));
else console.dir(report, { depth: 3 });
process.exitCode = report.server.errors + report.engine.errors > 0 ? 1 : 0;
