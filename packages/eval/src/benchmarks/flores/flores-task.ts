import type { LoadOptions, Sample, Task } from "../../benchmark.ts";
import { bleuWords, type BleuTokenizer } from "../../bleu/bleu-tokenizer.ts";
import { JA_MECAB_ENGINE } from "../../bleu/ja-mecab/ja-mecab.ts";
import { dropLast, joinPieces } from "../../choice/prompt-pieces.ts";
import { generationSample } from "../../generation/generation-sample.ts";
import { choosePrompt } from "../../options/choose-prompt.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import {
  FLORES_PROMPTS,
  floresPieces,
  type FloresPrompt,
  type SentencePair,
} from "./flores-prompt.ts";
import { floresTokenizer, gradeTranslation } from "./flores-score.ts";
import { readRows, type FloresRows } from "./flores-rows.ts";
import { TARGETS, type TargetLanguage } from "./languages.ts";
import { findRelease, floresPath } from "./load-flores.ts";
import type { ShotRetriever } from "./shot-retriever.ts";

/** What a task is made of. */
interface FloresParts extends FloresRows {
  readonly task: string;
  readonly target: TargetLanguage;
  readonly prompt: FloresPrompt;
  readonly shots: number;
  readonly retriever: ShotRetriever;
  readonly tokenize: BleuTokenizer;
}

/** Examples of OpenCompass's configurations. */
export const FLORES_SHOTS = 8;

/** Tokens of a prompt, and of what comes next, in OpenCompass's configurations of Baichuan. */
const MAX_TOKENS = 2048;
const MAX_NEW_TOKENS = 100;

/**
 * Reads the directions whose files are there.
 *
 * @throws {EvalDataError} as {@link readRows}, and for a prompt that is none.
 * @throws {BleuError} if the tokenizer is none, or not installed.
 */
export async function loadFlores(options: LoadOptions, retriever: ShotRetriever): Promise<Task[]> {
  const { directory, shots = FLORES_SHOTS } = options;
  const prompt = choosePrompt(options, FLORES_PROMPTS);
  const release = await findRelease(directory);
  const present = await selectTasks(options, Object.keys(TARGETS), (task) =>
    floresPath(release, "devtest", targetOf(task)),
  );
  return await Promise.all(
    present.map(async (task) => {
      const [target, tokenize] = [targetOf(task), floresTokenizer(task, options)];
      bleuWords(tokenize); // throws now rather than at the first answer
      const rows = await readRows({ ...options, shots }, release, target);
      return toTask({ ...rows, task, target, prompt, shots, retriever, tokenize });
    }),
  );
}

function targetOf(task: string): TargetLanguage {
  return TARGETS[task] as TargetLanguage;
}

function toTask(parts: FloresParts): Task {
  const { task, target, asked } = parts;
  return {
    name: task,
    title: target.title,
    groups: [],
    published: target.published,
    samples: asked.map((pair, row) => toSample(parts, pair, row)),
    notes: notesOf(parts),
  };
}

function notesOf({ shots, retriever, origin, tokenize }: FloresParts): string[] {
  return [
    ...(shots === 0 ? [] : [`examples: ${retriever.describe(shots)} of ${origin}`]),
    ...(tokenize === "ja-mecab" ? [`words: ${JA_MECAB_ENGINE}`] : []),
  ];
}

function toSample(parts: FloresParts, pair: SentencePair, row: number): Sample {
  const { task, target, prompt, shots: count, retriever, pool, tokenize } = parts;
  const shots = retriever.retrieve(pair.source, pool, count);
  const pieces = floresPieces(prompt, target, { shots, source: pair.source });
  return generationSample({
    id: `${task}/devtest/${row}`,
    question: pair.source,
    prompt: ({ countTokens }) => joinPieces(dropLast(MAX_TOKENS)(pieces, countTokens)),
    maxNewTokens: MAX_NEW_TOKENS,
    stop: [],
    gradeText: (text) => gradeTranslation(prompt.clean(text), prompt.clean(pair.target), tokenize),
  });
}
