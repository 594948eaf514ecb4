/**
 * Questions a second of a 5-shot subject of MMLU with the bundled model: `pnpm bench eval shared-prefix [--questions=64] [--rounds=3]
 * [--json]`.
 *
 * Ours: a question is one row of logits, 32 run at a time, and what they begin with is computed once. Against it, in turns: a request
 * for each option, one after the other, each computing its whole prompt, as harnesses do that ask servers without a prefix cache; and
 * that with 32 at a time. All give the same letters. The bundled model's context is set to 2,048 tokens for it. Questions are
 * made up, of the length of MMLU's.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadModel, type Model } from "@baichuan2/model";
import { interleave } from "@baichuan2/tooling/bench";
import pMap from "p-map";
import type { ChoiceQuestion } from "../src/choice/choice-question.ts";
import { joinPieces } from "../src/choice/prompt-pieces.ts";
import { mmluPrompt } from "../src/benchmarks/mmlu/mmlu-prompt.ts";
import { EngineModel } from "../src/models/engine-model.ts";

const { values: flags } = parseArgs({
  options: {
    questions: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const CONTEXT = 2048;
const LETTERS = ["A", "B", "C", "D"];
const PARALLEL = 32;

await using stack = new AsyncDisposableStack();
const directory = await copyWithContext();
const cached = await open({});
const uncached = await open({ prefixCacheSlots: 0 });
const ours = new EngineModel(cached, { name: "tiny-chat", fingerprint: "bench" });
const prompts = makePrompts(Number(flags.questions));

const answers = {
  ours: () =>
    pMap(prompts, async (prompt) => letterOf((await ours.answer(lettersOf(prompt))).scores), {
      concurrency: PARALLEL,
    }),
  perOption: () => perOption(1),
  perOptionParallel: () => perOption(PARALLEL),
};

/** Each option has a request of its own. */
function perOption(concurrency: number): Promise<string[]> {
  return pMap(
    prompts,
    async (prompt) => {
      const scores = [];
      for (const text of LETTERS)
        scores.push((await uncached.score({ text: prompt }, { text })).logLikelihood);
      return letterOf(scores);
    },
    { concurrency },
  );
}

const [expected, ...others] = await Promise.all(Object.values(answers).map((run) => run()));
for (const other of others)
  if (other.join() !== expected?.join())
    throw new Error("expected the same letters, got different ones");

const contenders = Object.entries(answers).map(([name, run]) => ({
  name,
  run: async () => void (await run()),
}));
const timings = await interleave(contenders, Number(flags.rounds));
const [own] = timings;
const tokens = cached.promptIds({ text: prompts[0] ?? "" }).length;
const report = timings.map(({ name, medianSeconds }) => ({
  name,
  questionsPerSecond: rounded(prompts.length / medianSeconds),
  oursIsFasterBy: rounded(medianSeconds / (own?.medianSeconds ?? NaN)),
}));
if (flags.json)
  console.log(JSON.stringify({ questions: prompts.length, promptTokens: tokens, report }));
else {
  console.log(`${prompts.length} questions of about ${tokens} tokens, medians of ${flags.rounds}`);
  console.table(report);
}

async function copyWithContext(): Promise<string> {
  const model = fileURLToPath(new URL("../../../tooling/tiny-chat/model", import.meta.url));
  const copy = await mkdtemp(join(tmpdir(), "shared-prefix-"));
  stack.defer(() => rm(copy, { recursive: true }));
  await cp(model, copy, { recursive: true });
  const config = JSON.parse(await readFile(join(copy, "config.json"), "utf8")) as object;
  const longer = { ...config, max_position_embeddings: CONTEXT, model_max_length: CONTEXT };
  await writeFile(join(copy, "config.json"), JSON.stringify(longer));
  return copy;
}

async function open(options: { readonly prefixCacheSlots?: number }): Promise<Model> {
  return stack.use(
    await loadModel(directory, { deterministic: true, maxSequences: PARALLEL, ...options }),
  );
}

function makePrompts(count: number): string[] {
  const words =
    "which of the following is most likely to be found in the cell wall of a plant".split(" ");
  const question = (seed: number): ChoiceQuestion => ({
    question: Array.from({ length: 24 }, (_, i) => words[(seed * 7 + i * i) % words.length]).join(
      " ",
    ),
    options: LETTERS.map((_, option) => words.slice(option, option + 5).join(" ")),
    answer: LETTERS[seed % 4] ?? null,
  });
  const shots = Array.from({ length: 5 }, (_, seed) => question(seed));
  return Array.from({ length: count }, (_, seed) =>
    joinPieces(mmluPrompt({ subject: "college_biology", shots, question: question(seed + 5) })),
  );
}

function lettersOf(prompt: string) {
  return { kind: "letters", prompt, letters: LETTERS, ids: "bare" } as const;
}

function letterOf(scores: readonly number[]): string {
  return LETTERS[scores.indexOf(Math.max(...scores))] ?? "?";
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}
