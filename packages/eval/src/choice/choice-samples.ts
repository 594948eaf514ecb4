import type { AnswerMode, BenchmarkOptions, Sample } from "../benchmark.ts";
import { firstShots } from "../options/first-shots.ts";
import { streamOf } from "../random/random-source.ts";
import { shuffled } from "../random/shuffled.ts";
import { lettersOf, type ChoiceQuestion } from "./choice-question.ts";
import { choiceSample, type Comparison, type Extract } from "./choice-sample.ts";
import type { PromptPieces, Shorten } from "./prompt-pieces.ts";

/** Rows of a subject. */
export interface SubjectRows {
  /** As file names have it: `abstract_algebra`. */
  readonly subject: string;
  readonly dev: readonly ChoiceQuestion[];
  /** Where `dev` is from. */
  readonly devFile: string;
  /** Those that are asked. */
  readonly questions: readonly ChoiceQuestion[];
}

/** What a prompt is made of. */
export interface ChoiceExamples {
  readonly subject: string;
  readonly shots: readonly ChoiceQuestion[];
  readonly question: ChoiceQuestion;
}

/** Whose prompts, and what is compared behind them. */
export interface ChoiceRecipe {
  readonly prompt: (examples: ChoiceExamples) => PromptPieces;
  readonly shorten: Shorten;
  readonly compare: Comparison;
  /** Default 5. */
  readonly shots?: number;
  /** Default `compare`. */
  readonly answers?: AnswerMode;
  readonly maxNewTokens?: number;
}

/** How a subject is asked. */
export interface SubjectOptions extends Pick<
  BenchmarkOptions,
  "shots" | "letters" | "answers" | "seed"
> {
  readonly split: string;
  readonly recipe: ChoiceRecipe;
  readonly extract: Extract;
}

/**
 * The samples of a subject, each behind the first examples of its dev rows; with a seed, those are shuffled anew for each.
 *
 * @throws {EvalDataError} if there are fewer examples than are asked for.
 */
export function choiceSamples(rows: SubjectRows, options: SubjectOptions): Sample[] {
  const { subject, dev, devFile } = rows;
  const { recipe, split, seed, letters: ids, extract } = options;
  const { shots: count = recipe.shots ?? 5, answers: mode = recipe.answers ?? "compare" } = options;
  return rows.questions.map((question, row) => {
    const id = `${subject}/${split}/${row}`;
    const ordered = seed === undefined ? dev : shuffled(dev, { seed, stream: streamOf(id) });
    const shots = firstShots(ordered, count, devFile);
    return choiceSample({
      id,
      question,
      letters: lettersOf(question),
      pieces: recipe.prompt({ subject, shots, question }),
      shorten: recipe.shorten,
      compare: ids === undefined ? recipe.compare : { kind: "letters", ids },
      mode,
      extract,
      maxNewTokens: recipe.maxNewTokens,
    });
  });
}
