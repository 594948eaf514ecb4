/**
 * Asks a model all questions of the data and prints the share of exact answers, by kind of question: paraphrases that it was
 * trained with, held-out ones, and held-out ones as the third turn of a conversation. Greedy, with the chat prompt.
 *
 *   node --conditions=@baichuan2/source tooling/tiny-chat/evaluate.ts [FOLDER] [--wrong] [--sample N]
 *
 * `--wrong` prints what was answered instead; `--sample` asks so many questions of each kind, one in each wording.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadModel } from "@baichuan2/model";
import { Draws } from "./recipe/draws.ts";
import { earlierTurns, measure, share, type Score } from "./recipe/measure.ts";
import { CATEGORIES, type Category, type Question } from "./recipe/question.ts";
import { readQuestions } from "./recipe/read-data.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { wrong: { type: "boolean", default: false }, sample: { type: "string" } },
});
const [folder = fileURLToPath(new URL("model", import.meta.url))] = positionals;
const questions = await readQuestions();
const draws = new Draws(1, 2);
await using model = await loadModel(folder, { threads: 1 });

const rows = new Map<string, Record<string, string>>();
const sums = { seen: none(), unseen: none(), third: none() };
for (const category of CATEGORIES) rows.set(category, await measureKind(category));
rows.set("all", Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, text(sum)])));
console.table(Object.fromEntries(rows));

async function measureKind(category: Category): Promise<Record<string, string>> {
  const own = sampled(questions.filter((question) => question.category === category));
  const seen = own.flatMap((question) => question.seen);
  const unseen = own.flatMap((question) => question.unseen);
  const scores = {
    seen: await measure(model, seen),
    unseen: await measure(model, unseen),
    third: await measure(model, unseen, () => earlierTurns(questions, draws)),
  };
  for (const key of ["seen", "unseen", "third"] as const) {
    sums[key].exact += scores[key].exact;
    sums[key].asked += scores[key].asked;
    if (flags.wrong) for (const one of scores[key].wrong) console.log(key, JSON.stringify(one));
  }
  return { seen: text(scores.seen), unseen: text(scores.unseen), third: text(scores.third) };
}

function sampled(own: readonly Question[]): readonly Question[] {
  return flags.sample === undefined ? own : draws.shuffled(own).slice(0, Number(flags.sample));
}

function none(): { exact: number; asked: number } {
  return { exact: 0, asked: 0 };
}

function text(score: Pick<Score, "exact" | "asked">): string {
  return `${(100 * share(score)).toFixed(1)} % of ${score.asked}`;
}
