import { README_SOURCES } from "../../published/published-scores.ts";
import type { BenchmarkScores, RunScores } from "../../scores/score-run.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { formatCount, formatPercent } from "./format.ts";

/** A label and what it stands for. */
export type Fact = readonly [label: string, value: string];

/** Characters of the hash of questions that are shown; `report.json` has all of them. */
const SHOWN_HASH = 12;

/** What was run. */
export function runFacts({ facts, planned, done }: RunScores, language: ReportLanguage): Fact[] {
  const labels = reportLabels[language];
  const counts = { done: formatCount(done), planned: formatCount(planned) };
  return [
    [labels.model, facts.model.name],
    [labels.fingerprint, facts.model.fingerprint],
    [labels.version, facts.version],
    ...(facts.limit === undefined ? [] : [[labels.limit, formatCount(facts.limit)] as const]),
    [labels.answered, fill(labels.ofPlanned, counts)],
  ];
}

/** What may not be done yet. */
interface Progress {
  /** What it is called, where there are several. */
  readonly label?: string;
  readonly planned: number;
  readonly done: number;
}

/** Says which runs are not done, so that a report is partial. */
export function partialNotes(runs: readonly Progress[], language: ReportLanguage): string[] {
  return runs
    .filter(({ planned, done }) => done < planned)
    .map(({ label, planned, done }) => {
      const counts = { done: formatCount(done), planned: formatCount(planned) };
      const note = fill(reportLabels[language].partial, counts);
      return label === undefined ? note : `${label}: ${note}`;
    });
}

/** Says of which benchmarks prompts were cut; nothing where none was. */
export function cutPromptNotes({ benchmarks }: RunScores, language: ReportLanguage): string[] {
  const labels = reportLabels[language];
  const cut = benchmarks
    .filter(({ overall }) => overall.truncated > 0)
    .map(({ title, overall: { truncated, done } }) => {
      const counts = { done: formatCount(truncated), planned: formatCount(done) };
      return `${title[language]} ${fill(labels.ofPlanned, counts)}`;
    });
  if (cut.length === 0) return [];
  return [fill(labels.cutPrompts, { benchmarks: cut.join(language === "zh" ? "、" : ", ") })];
}

/** What a reader has to know of a benchmark's numbers. */
export function benchmarkFacts(benchmark: BenchmarkScores, language: ReportLanguage): Fact[] {
  const labels = reportLabels[language];
  const { recipe, description, chosen, options, dataHash, overall, tasks } = benchmark;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const signatures = new Set(tasks.flatMap(({ signature }) => signature ?? []));
  const notes = new Set(tasks.flatMap((task) => task.notes));
  const { scoredTasks: scored, tasks: count } = overall;
  const partial = scored < count ? [fill(labels.partialTasks, { scored, tasks: count })] : [];
  return [
    [labels.recipe, `${recipe}: ${description[language]}`],
    [labels.score, labels[overall.aggregation]],
    ...[...signatures].map((signature): Fact => [labels.score, signature]),
    ...Object.entries(overall.others).map(([name, value]): Fact => [name, formatPercent(value)]),
    ...(overall.truncated > 0 ? [[labels.truncated, formatCount(overall.truncated)] as const] : []),
    ...(chosen ? [[labels.chosen, chosen[language]] as const] : []),
    ...given.map(([name, value]): Fact => [labels.options, `${name} = ${String(value)}`]),
    [labels.asked, dataHash.slice(0, SHOWN_HASH)],
    ...[...partial, ...notes].map((note): Fact => [labels.notes, note]),
  ];
}

/** Where published numbers are from. */
export function sourceNote(language: ReportLanguage): string {
  return fill(reportLabels[language].source, { source: README_SOURCES[language] });
}
