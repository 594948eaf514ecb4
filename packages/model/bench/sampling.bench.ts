/**
 * Time of one sampling step over Baichuan2's vocabulary: `pnpm bench model sampling [--json]`.
 *
 * Logits are drawn with the spread of a real model's (standard deviation 2.5); the history holds 1,000 ids.
 */
import { interleave } from "@baichuan2/tooling/bench";
import { createRandom } from "../src/sampling/random.ts";
import { createSampler, type SamplerOptions } from "../src/sampling/sampler.ts";
import { TokenHistory } from "../src/sampling/token-history.ts";
import { tokenLogprob } from "../src/sampling/token-logprobs.ts";

const VOCAB_SIZE = 125_696;
const STEPS = 50;

const off = { doSample: true, temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };
const settings: Record<string, SamplerOptions> = {
  "greedy, repetition penalty": { ...off, doSample: false, repetitionPenalty: 1.05 },
  "chat default (T 0.3, top-k 5, top-p 0.85)": {
    doSample: true,
    temperature: 0.3,
    topK: 5,
    topP: 0.85,
    repetitionPenalty: 1.05,
  },
  "top-k 50": { ...off, topK: 50 },
  "top-p 0.9": { ...off, topP: 0.9 },
  "min-p 0.05": { ...off, minP: 0.05 },
  "typical-p 0.95": { ...off, typicalP: 0.95 },
  "top-k 50, typical-p 0.95": { ...off, topK: 50, typicalP: 0.95 },
  "greedy, all penalties, 3-grams once": {
    ...off,
    doSample: false,
    repetitionPenalty: 1.05,
    presencePenalty: 0.5,
    frequencyPenalty: 0.5,
    noRepeatNgramSize: 3,
    logitBias: { 7: -100, 8: 5 },
  },
  "no filter": off,
};

const random = createRandom(1);
/** Sum of twelve uniform numbers: near enough to a normal distribution of deviation 1. */
const normal = (): number => {
  let sum = -6;
  for (let index = 0; index < 12; index++) sum += random.next();
  return sum;
};
const logits = Float32Array.from({ length: VOCAB_SIZE }, () => 2.5 * normal());
const history = new TokenHistory();
for (let index = 0; index < 1000; index++) history.push(Math.floor(random.next() * VOCAB_SIZE));

/** A measurement of `STEPS` steps. */
const steps = (name: string, step: () => unknown) => ({
  name,
  run: () => {
    for (let index = 0; index < STEPS; index++) step();
  },
});
const timings = await interleave(
  [
    ...Object.entries(settings).map(([name, options]) => {
      const sampler = createSampler({ ...options, seed: 1 });
      return steps(name, () => sampler.sample(logits, history));
    }),
    steps("log-probability and 20 alternatives", () => tokenLogprob(logits, 7, 20)),
  ],
  11,
);
const microseconds = (seconds: number): number => Math.round((seconds / STEPS) * 1e6);

for (const { name, medianSeconds, minSeconds, maxSeconds } of timings) {
  const row = {
    name,
    medianMicroseconds: microseconds(medianSeconds),
    minMicroseconds: microseconds(minSeconds),
    maxMicroseconds: microseconds(maxSeconds),
  };
  if (process.argv.includes("--json")) console.log(JSON.stringify(row));
  else {
    const spread = `${row.minMicroseconds} to ${row.maxMicroseconds}`;
    console.log(
      `${name.padEnd(44)} ${String(row.medianMicroseconds).padStart(6)} µs/step (${spread})`,
    );
  }
}
