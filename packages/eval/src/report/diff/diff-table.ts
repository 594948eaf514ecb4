import type { Title } from "../../benchmark.ts";
import type { RunFacts } from "../../results.ts";
import type {
  BenchmarkComparison,
  Change,
  RunComparison,
} from "../../scores/compare/compare-runs.ts";
import type { Difference } from "../../scores/compare/difference.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { numberColumn, textColumn, type Column } from "../table/column.ts";
import {
  formatCount,
  formatP,
  formatPercent,
  formatPoints,
  formatPointsInterval,
} from "../table/format.ts";
import type { Fact } from "../table/report-notes.ts";

/** Settings of comparisons. */
export interface DiffOptions {
  /** Default: English. */
  readonly language?: ReportLanguage | undefined;
  /** What the runs are called. Default: their models' names, told apart where those are equal. */
  readonly names?: RunNames | undefined;
}

/** What two runs are called. */
export interface RunNames {
  readonly left: string;
  readonly right: string;
}

/** A line of a comparison. */
export interface DiffRow extends Difference {
  readonly title: Title;
}

/** Kinds of changes, the most telling first. */
export const CHANGE_KINDS: readonly Change["kind"][] = ["lost", "won", "otherAnswer"];

/** Characters of a fingerprint that tell models apart. */
const SHOWN_FINGERPRINT = 8;

/** What the runs are called: where models have the same name, by fingerprint too, or else by side. */
export function runNames(
  { left, right }: RunComparison,
  { names, language = "en" }: DiffOptions,
): RunNames {
  if (names) return names;
  const [a, b] = [left.model.name, right.model.name];
  if (a !== b) return { left: a, right: b };
  const labels = reportLabels[language];
  const prints = [shortFingerprint(left), shortFingerprint(right)] as const;
  const [l, r] = prints[0] === prints[1] ? [labels.left, labels.rightRun] : prints;
  return { left: `${a} (${l})`, right: `${b} (${r})` };
}

function shortFingerprint({ model }: RunFacts): string {
  return model.fingerprint.slice(0, SHOWN_FINGERPRINT);
}

/** Columns of a comparison. */
export function diffColumns(first: string, language: ReportLanguage): Column<DiffRow>[] {
  const labels = reportLabels[language];
  return [
    textColumn(first, ({ title }) => title[language]),
    numberColumn(labels.pairs, ({ pairs }) => formatCount(pairs)),
    numberColumn(labels.left, ({ left }) => formatPercent(left)),
    numberColumn(labels.rightRun, ({ right }) => formatPercent(right)),
    numberColumn(labels.difference, ({ difference }) => formatPoints(difference)),
    numberColumn(labels.interval, ({ interval }) => formatPointsInterval(interval)),
    numberColumn(labels.p, ({ test }) => formatTest(test)),
    numberColumn(labels.lostColumn, ({ lost }) => formatCount(lost)),
    numberColumn(labels.wonColumn, ({ won }) => formatCount(won)),
    numberColumn(labels.agreement, ({ agreement }) =>
      agreement === null ? formatPercent(null) : `${formatPercent(agreement)} %`,
    ),
  ];
}

function formatTest(test: Difference["test"]): string {
  if (test === null) return formatPercent(null);
  return `${formatP(test.p)}${test.method === "bootstrap" ? " *" : ""}`;
}

/** The line of a benchmark. */
export function overallRow({ title, overall }: BenchmarkComparison): DiffRow {
  return { title, ...overall };
}

/** What two runs are, and what cannot be compared of them. */
export function diffFacts(
  comparison: RunComparison,
  { names, language = "en" }: DiffOptions,
): Fact[] {
  const labels = reportLabels[language];
  const { left, right, onlyLeft, onlyRight } = comparison;
  return [
    [labels.left, runFact(left, names?.left)],
    [labels.rightRun, runFact(right, names?.right)],
    ...missing(labels.onlyInLeft, onlyLeft).map((note): Fact => [labels.notes, note]),
    ...missing(labels.onlyInRight, onlyRight).map((note): Fact => [labels.notes, note]),
  ];
}

function runFact(run: RunFacts, name = run.model.name): string {
  return `${name} (${shortFingerprint(run)}, ${run.version})`;
}

/** Says that no sample changed, and why. */
export function noChangesNote(
  benchmarks: readonly BenchmarkComparison[],
  language: ReportLanguage,
): string {
  const { noChanges, noPairs } = reportLabels[language];
  return benchmarks.some(({ overall }) => overall.agreement !== null) ? noChanges : noPairs;
}

function missing(label: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [fill(label, { names: names.join(", ") })];
}

/** What a reader has to know of a benchmark's differences. */
export function benchmarkNotes(benchmark: BenchmarkComparison, language: ReportLanguage): string[] {
  const labels = reportLabels[language];
  const { recipes, onlyLeft, onlyRight, changed } = benchmark;
  return [
    ...(recipes.left === recipes.right ? [] : [fill(labels.otherRecipes, { ...recipes })]),
    ...(onlyLeft + onlyRight + changed === 0
      ? []
      : [fill(labels.unpaired, { onlyLeft, onlyRight, changed })]),
  ];
}
