import type { LoadOptions, Sample, Task } from "../../benchmark.ts";
import { bleuWords, type BleuTokenizer } from "../../bleu/bleu-tokenizer.ts";
import { dropLast, joinPieces } from "../../choice/prompt-pieces.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { hasFile } from "../../data/read-file.ts";
import { selectTasks } from "../../select-tasks.ts";
import {
  FLORES_PROMPTS,
  floresPieces,
  type FloresPrompt,
  type SentencePair,
} from "./flores-prompt.ts";
import { floresScore, floresTokenizer, gradeTranslation } from "./flores-score.ts";
import { CHINESE, TARGETS, type TargetLanguage } from "./languages.ts";
import { findRelease, floresFile, readPairs, type FloresRelease } from "./load-flores.ts";
import type { ShotRetriever } from "./shot-retriever.ts";

/** Sentences that are asked, and those that examples are chosen from. */
interface FloresRows {
  readonly asked: readonly SentencePair[];
  readonly pool: readonly SentencePair[];
  /** Where the pool is from. */
  readonly origin: string;
}

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

/** Rows of `devtest` that are asked, at most. */
const SPLITS: Readonly<Record<string, number>> = { "devtest-100": 100, devtest: Infinity };

/** Tokens of a prompt, and of what comes next, in OpenCompass's configurations of Baichuan. */
const MAX_TOKENS = 2048;
const MAX_NEW_TOKENS = 100;

/**
 * Reads the directions whose files are there.
 *
 * @throws {EvalDataError} as {@link readPairs}, and if there are not enough sentences for examples.
 * @throws {BleuError} if the tokenizer is none, or not installed.
 */
export async function loadFlores(options: LoadOptions, retriever: ShotRetriever): Promise<Task[]> {
  const { directory, shots = FLORES_SHOTS } = options;
  const prompt = optionOf(options, "prompt", FLORES_PROMPTS, "aad4fd");
  const release = await findRelease(directory);
  const isThere = (task: string): Promise<boolean> =>
    hasFile(floresFile(directory, release, "devtest", targetOf(task)));
  const { present } = await selectTasks(options, Object.keys(TARGETS), isThere);
  return await Promise.all(
    present.map(async (task) => {
      const [target, tokenize] = [targetOf(task), floresTokenizer(task, options)];
      bleuWords(tokenize); // throws now rather than at the first answer
      const rows = await readRows(options, release, target);
      if (rows.pool.length < shots) throw tooFew(directory, shots, rows);
      return toTask({ ...rows, task, target, prompt, shots, retriever, tokenize }, options);
    }),
  );
}

function tooFew(file: string, shots: number, { pool, origin }: FloresRows): EvalDataError {
  return new EvalDataError({
    file,
    expected: `${shots} sentences for examples`,
    actual: `${pool.length} of ${origin}`,
    hint: "ask for fewer shots",
  });
}

function targetOf(task: string): TargetLanguage {
  return TARGETS[task] as TargetLanguage;
}

/** The value that an option names. */
function optionOf<Value>(
  { directory, ...options }: LoadOptions,
  option: "prompt" | "split",
  values: Readonly<Record<string, Value>>,
  byDefault: string,
): Value {
  const name = options[option] ?? byDefault;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  throw new EvalDataError({
    file: directory,
    expected: `a ${option} of ${Object.keys(values).join(", ")}`,
    actual: name,
  });
}

/** Examples are from `dev`; where that is not there and they are held out, from behind the rows that are asked. */
async function readRows(
  options: LoadOptions,
  release: FloresRelease,
  target: TargetLanguage,
): Promise<FloresRows> {
  const { directory, signal, shots = FLORES_SHOTS } = options;
  const rows = await readPairs(directory, release, "devtest", { target, signal });
  const limit = optionOf(options, "split", SPLITS, "devtest-100");
  if (shots === 0) return { asked: rows.slice(0, limit), pool: [], origin: "dev" };
  if (await isHeldOut(options, release, target)) {
    const asked = rows.slice(0, Math.min(limit, Math.max(0, rows.length - shots)));
    const origin = `devtest from row ${asked.length} on, which is not asked`;
    return { asked, pool: rows.slice(asked.length), origin };
  }
  const pool = await readPairs(directory, release, "dev", { target, signal });
  return { asked: rows.slice(0, limit), pool, origin: "dev" };
}

async function isHeldOut(
  { directory, heldOutShots = false }: LoadOptions,
  release: FloresRelease,
  target: TargetLanguage,
): Promise<boolean> {
  const files = [CHINESE, target].map((one) => floresFile(directory, release, "dev", one));
  const found = await Promise.all(files.map(hasFile));
  return heldOutShots && !found.every(Boolean);
}

function toTask(parts: FloresParts, options: LoadOptions): Task {
  const { task, target, shots, retriever, origin, asked } = parts;
  return {
    name: task,
    title: target.title,
    groups: [],
    samples: asked.map((pair, row) => toSample(parts, pair, row)),
    notes: shots === 0 ? [] : [`examples: ${retriever.describe(shots)} of ${origin}`],
    corpusScore: floresScore(task, options),
  };
}

function toSample(parts: FloresParts, pair: SentencePair, row: number): Sample {
  const { task, target, prompt, shots: count, retriever, pool, tokenize } = parts;
  const shots = retriever.retrieve(pair.source, pool, count);
  const pieces = floresPieces(prompt, target, { shots, source: pair.source });
  return {
    id: `${task}/devtest/${row}`,
    question: pair.source,
    request: ({ countTokens }) => ({
      kind: "generate",
      prompt: joinPieces(dropLast(MAX_TOKENS)(pieces, countTokens)),
      maxNewTokens: MAX_NEW_TOKENS,
      stop: [],
    }),
    grade(response) {
      const text = response.kind === "generate" ? (response.texts[0] ?? "") : "";
      return gradeTranslation(prompt.clean(text), prompt.clean(pair.target), tokenize);
    },
  };
}
