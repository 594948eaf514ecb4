import { publishedScore } from "../../published/published-scores.ts";
import type { RunScores } from "../../scores/score-run.ts";
import { rounded } from "../table/format.ts";
import { publishedModels, type ReportOptions } from "../table/report-options.ts";
import { benchmarkRow, groupRows, taskRows, type ReportRow } from "../table/report-row.ts";

/** What `report.json` holds. Keys always come in this order; numbers have six decimals at most. */
export interface ReportJson {
  /** Changes whenever a key changes its meaning or goes. */
  readonly format: "baichuan2-eval-report/1";
  readonly model: { readonly name: string; readonly fingerprint: string };
  /** Version of this package. */
  readonly version: string;
  /** Most samples of a task that were asked; null: all. */
  readonly limit: number | null;
  /** Samples that are to be asked, and those that were; the report is partial while they differ. */
  readonly planned: number;
  readonly done: number;
  readonly benchmarks: readonly BenchmarkJson[];
}

/** A benchmark in `report.json`. */
export interface BenchmarkJson extends ScoresJson {
  /** A table of the README. */
  readonly category: string;
  readonly recipe: string;
  readonly shots: number;
  /** Options that were given, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of questions, prompts and right answers: equal for runs that asked the same. */
  readonly dataHash: string;
  /** Which mean the score is: over samples or over tasks. */
  readonly aggregation: "micro" | "macro";
  /** Tasks that there are, and those with a graded sample. */
  readonly taskCount: number;
  readonly scoredTaskCount: number;
  readonly groups: readonly ScoresJson[];
  readonly tasks: readonly TaskJson[];
}

/** A task in `report.json`. */
export interface TaskJson extends ScoresJson {
  /** Names of the groups that it counts for. */
  readonly groups: readonly string[];
  /** How the score is made, where it is no mean. */
  readonly signature: string | null;
  readonly notes: readonly string[];
}

/** Scores in `report.json`, in percent. */
export interface ScoresJson {
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
  /** null: nothing was graded. */
  readonly score: number | null;
  /** Limits of the 95 % interval; null: too little was graded. */
  readonly low: number | null;
  readonly high: number | null;
  /** Mean over samples, and over tasks; null: there is none, or it is a task's. */
  readonly micro: number | null;
  readonly macro: number | null;
  /** Further scores, by name. */
  readonly others: Readonly<Record<string, number>>;
  readonly planned: number;
  readonly done: number;
  /** Of those done: right answer known, right answer unknown. */
  readonly graded: number;
  readonly ungraded: number;
  /** Graded, and no answer found in the response. */
  readonly unanswered: number;
  /** Prompts that lost their beginning. */
  readonly truncated: number;
  /** What the README has, by model; null: it has no such number. */
  readonly published: Readonly<Record<string, number | null>>;
}

/** The text of `report.json`: the same bytes for the same scores. */
export function jsonReport(scores: RunScores, options: ReportOptions = {}): string {
  return `${JSON.stringify(reportJson(scores, options), null, 2)}\n`;
}

/** What `report.json` holds. */
export function reportJson(scores: RunScores, options: ReportOptions = {}): ReportJson {
  const { model, version, limit } = scores.facts;
  const models = publishedModels(options, scores.facts);
  return {
    format: "baichuan2-eval-report/1",
    model: { name: model.name, fingerprint: model.fingerprint },
    version,
    limit: limit ?? null,
    planned: scores.planned,
    done: scores.done,
    benchmarks: scores.benchmarks.map((benchmark): BenchmarkJson => {
      const { category, recipe, shots, overall, tasks } = benchmark;
      return {
        ...scoresJson(benchmarkRow(benchmark), models),
        category,
        recipe,
        shots,
        options: sorted({ ...benchmark.options }),
        dataHash: benchmark.dataHash,
        aggregation: overall.aggregation,
        taskCount: overall.tasks,
        scoredTaskCount: overall.scoredTasks,
        groups: groupRows(benchmark).map((row) => scoresJson(row, models)),
        tasks: taskRows(benchmark).map((row, i) => ({
          ...scoresJson(row, models),
          groups: tasks[i]?.groups ?? [],
          signature: tasks[i]?.signature ?? null,
          notes: tasks[i]?.notes ?? [],
        })),
      };
    }),
  };
}

function scoresJson(row: ReportRow, models: readonly string[]): ScoresJson {
  const { score, micro, macro } = row;
  const others = Object.entries(row.others).map(([name, value]) => [name, rounded(value)] as const);
  return {
    name: row.name,
    title: { en: row.title.en, zh: row.title.zh },
    score: rounded(score.percent),
    low: rounded(score.interval?.low),
    high: rounded(score.interval?.high),
    micro: rounded(micro?.percent),
    macro: rounded(macro?.percent),
    others: sorted(Object.fromEntries(others)),
    planned: row.planned,
    done: row.done,
    graded: row.graded,
    ungraded: row.ungraded,
    unanswered: row.unanswered,
    truncated: row.truncated,
    published: Object.fromEntries(
      models.map((model) => [model, publishedScore(model, row.published)]),
    ),
  };
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
