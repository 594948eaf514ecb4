import { join } from "node:path";
import type { LoadOptions, Sample, Task } from "../../benchmark.ts";
import { examSamples, type ExamRow } from "../../choice/exam.ts";
import { drawShots } from "../../choice/shots.ts";
import { generationSample } from "../../generation/generation-sample.ts";
import { firstShots } from "../../options/first-shots.ts";
import { strip } from "../../python/text.ts";
import { extractAnswers, partOfPoints } from "./extract-answers.ts";
import {
  loadGaokaoPrompts,
  PROMPT_PATH,
  type GaokaoPrompt,
  type GaokaoRow,
} from "./load-gaokao.ts";
import { GAOKAO_PAPERS } from "./papers.ts";

/** Tokens of an answer in the original. */
const MAX_NEW_TOKENS = 1024;

/** A paper and its rows. */
export interface LoadedPaper {
  readonly name: string;
  readonly file: string;
  readonly rows: readonly GaokaoRow[];
}

type Samples = Pick<Task, "samples" | "notes">;

/** The rows of one letter, with examples drawn from them. */
export function readmeSamples({ name, file, rows }: LoadedPaper, options: LoadOptions): Samples {
  const single = rows.flatMap(toExamRow);
  const { notes, ...separate } = drawShots(single, file, options);
  const exam = {
    language: "zh",
    subject: GAOKAO_PAPERS[name]?.subject ?? name,
    letters: "ABCD",
  } as const;
  const left = rows.length - single.length;
  return {
    samples: examSamples(exam, { ...separate, path: `${name}/test` }, options),
    notes: left === 0 ? notes : [`${left} rows with several letters are left out`, ...notes],
  };
}

/** A row with one answer of one letter; its options are in the question. */
function toExamRow({ question, answer }: GaokaoRow, row: number): ExamRow[] {
  const [letter = ""] = answer;
  if (answer.length !== 1 || !/^[A-D]$/.test(letter)) return [];
  return [{ row, question: { question: strip(question), options: [], answer: letter } }];
}

/**
 * All rows, as GAOKAO-Bench's own code asks and scores them.
 *
 * @throws {EvalDataError} if the prompts are not there, and for examples: it has none.
 */
export async function officialSamples({
  directory,
  shots = 0,
  signal,
}: LoadOptions): Promise<(paper: LoadedPaper) => Samples> {
  firstShots([], shots, join(directory, PROMPT_PATH)); // throws for any: there are none
  const promptOf = await loadGaokaoPrompts(directory, signal);
  return ({ name, rows }) => {
    const prompt = promptOf(name);
    return { samples: rows.map((row, at) => officialSample(`${name}/test/${at}`, row, prompt)) };
  };
}

function officialSample(id: string, row: GaokaoRow, { type, prefix }: GaokaoPrompt): Sample {
  const question = strip(row.question);
  const gold = row.answer;
  return generationSample({
    id,
    question,
    prompt: `${prefix}${question}\n`,
    maxNewTokens: MAX_NEW_TOKENS,
    stop: [],
    gradeText: (output) => {
      const answers = extractAnswers(type, output, gold.length);
      return {
        answer: answers.length === 0 ? null : answers.join(" "),
        gold: gold.join(" "),
        score: partOfPoints(type, answers, gold),
        weight: row.score * gold.length,
      };
    },
  });
}
