import type { EvalRequest, EvalResponse, LetterIds } from "./eval-request.ts";
import type { PythonRunner } from "./code/python-runner.ts";

/** A text in both languages. */
export interface Title {
  readonly en: string;
  readonly zh: string;
}

/** The tables of Baichuan2's README. */
export type Category = "general" | "law-medicine" | "math-code" | "multilingual";

/**
 * Whose prompts and scores: `readme` is what Baichuan published or, where that is nothing, what its README refers to;
 * `official` is the benchmark's own code; `opencompass` is OpenCompass of the day of the release, `opencompass-head` of 2026;
 * `lm-eval` is lm-evaluation-harness.
 */
export type RecipeName = "readme" | "official" | "opencompass" | "opencompass-head" | "lm-eval";

/** What a recipe is. */
export interface Recipe {
  /** Examples before a question, unless an option says otherwise. */
  readonly shots: number;
  /** Prompt, score and where they come from, in a sentence each. */
  readonly description: Title;
  /** What nobody published, and is chosen here. */
  readonly chosen?: Title | undefined;
}

/** What a model says of a question: letters are compared, or a text is generated and read. */
export type AnswerMode = "compare" | "generate";

/** Options that a benchmark may take; each keeps to those that its `options` names. */
export interface BenchmarkOptions {
  /** Examples before a question. */
  readonly shots?: number | undefined;
  /** Rows that are asked, e.g. `val`, `test`. */
  readonly split?: string | undefined;
  /** A prompt of several that the recipe's source has, by its name there, e.g. `1dce88`. */
  readonly prompt?: string | undefined;
  /** How letters are spelled. Default: the recipe's. */
  readonly letters?: LetterIds | undefined;
  /** Default `compare`; `generate` is for models that tell no log-probabilities. */
  readonly answers?: AnswerMode | undefined;
  /** Of random splits and samples. Default 1234. */
  readonly seed?: number | undefined;
  /** Takes examples from the rows that are asked where the file that they belong into is not there; those are not asked then. */
  readonly heldOutShots?: boolean | undefined;
  /** BBH: answers without a chain of thought. */
  readonly direct?: boolean | undefined;
  /** How BLEU sees words: `13a`, `intl`, `zh`, `char`, `ja-mecab`. */
  readonly tokenize?: string | undefined;
  /** Answers per problem of HumanEval and MBPP. Default 1, greedy. */
  readonly samples?: number | undefined;
  /** Of `samples`. Default 0.8. */
  readonly temperature?: number | undefined;
}

/** Name of an option. */
export type OptionName = keyof BenchmarkOptions;

/** How rows are loaded. */
export interface LoadOptions extends BenchmarkOptions {
  /** The benchmark's own folder, e.g. `data/mmlu`. */
  readonly directory: string;
  readonly recipe: RecipeName;
  /** Only these tasks are read. Default: all. */
  readonly tasks?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a prompt may need to know of the model. */
export interface PromptTools {
  readonly countTokens: (text: string) => number;
}

/** What grading may need. */
export interface GradeTools {
  /** Runs programs that a model wrote; undefined: that was not allowed. */
  readonly python: PythonRunner | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a sample. */
export interface Grade {
  /** What the response was understood as; null: there was no answer in it. */
  readonly answer: string | null;
  /** What would be right; null: nobody has published it. */
  readonly gold: string | null;
  /** 0 to 1; null where there is no `gold`. */
  readonly score: number | null;
  /** Further scores, 0 to 1, e.g. `acc_norm`. */
  readonly others?: Readonly<Record<string, number>> | undefined;
  /** How much it counts in a mean over samples: points of an exam. Default 1. */
  readonly weight?: number | undefined;
  /** Why, in a few words: `timed out`, `passed`. */
  readonly note?: string | undefined;
}

/** One question, ready to be asked. */
export interface Sample {
  /** Unique in the benchmark, the same in every run: `anatomy/test/12`. */
  readonly id: string;
  /** The question alone, as readers of a report want it. */
  readonly question: string;
  /** What grading goes by: the right answer, or a program's tests. Runs over other data differ in it. */
  basis(): string;
  /** @throws {PromptError} if it cannot be brought below the recipe's limit. */
  request(tools: PromptTools): EvalRequest;
  grade(response: EvalResponse, tools: GradeTools): Grade | Promise<Grade>;
}

/** Samples that are scored together: a subject, a language. */
export interface Task {
  readonly name: string;
  readonly title: Title;
  /** Names of the groups that it counts for. */
  readonly groups: readonly string[];
  /** Column of the README's tables, where it has one of this task alone. */
  readonly published?: string | undefined;
  readonly samples: readonly Sample[];
  /** What was chosen or missing while loading, for the report. */
  readonly notes?: readonly string[] | undefined;
}

/** A score that is no mean over samples. */
export interface CorpusScore {
  /** Name and settings, e.g. sacreBLEU's signature. */
  readonly signature: string;
  /** In percent. */
  of(grades: readonly Grade[]): number;
}

/** How tasks make one number: `micro` is the mean over samples, `macro` over tasks. */
export type Aggregation = "micro" | "macro";

/** Where data comes from. */
export interface DataSource {
  /** Address to look at. */
  readonly url: string;
  /** What to fetch there, and where to put it. */
  readonly steps: Title;
  readonly licence: string;
  /** Not for commercial use, or only on application. */
  readonly restriction?: Title | undefined;
}

/** A file that must be there; or a folder, whose files are its rows. */
export interface DataFile {
  /** Below the benchmark's folder; a folder's ends in a slash. */
  readonly path: string;
  /** Hash of the published file; undefined: none was seen whole. */
  readonly sha256?: string | undefined;
  /** Rows that the published file has. */
  readonly rows?: number | undefined;
  /** A run can do without it. */
  readonly isOptional?: boolean | undefined;
}

/** A benchmark. */
export interface Benchmark {
  /** What commands call it. */
  readonly name: string;
  /** Folder of its data where that is not `name`: two benchmarks may share one. */
  readonly folder?: string | undefined;
  readonly title: Title;
  readonly category: Category;
  /** Column of the README's tables. */
  readonly published?: string | undefined;
  readonly recipes: Readonly<Partial<Record<RecipeName, Recipe>>> & { readonly readme: Recipe };
  readonly options: readonly OptionName[];
  /** Grading runs programs that the model wrote: it needs {@link GradeTools.python}. */
  readonly runsCode?: boolean | undefined;
  readonly source: DataSource;
  readonly files: readonly DataFile[];
  /** How the benchmark's number is made, per recipe where recipes differ. */
  readonly aggregation: Aggregation | Readonly<Partial<Record<RecipeName, Aggregation>>>;
  /** Groups of tasks, by name; a group's number is made like the benchmark's. */
  readonly groups: Readonly<Record<string, Title>>;
  /** The score of a task where it is no mean over samples; undefined: it is. */
  corpusScore?(
    task: string,
    options: BenchmarkOptions & Pick<LoadOptions, "recipe">,
  ): CorpusScore | undefined;
  /**
   * Reads rows and makes samples of them.
   *
   * @throws {EvalDataError} if a file is missing or is not what it should be; it names file and row.
   */
  load(options: LoadOptions): Promise<readonly Task[]>;
}
