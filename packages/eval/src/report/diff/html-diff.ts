import type {
  BenchmarkComparison,
  Change,
  RunComparison,
} from "../../scores/compare/compare-runs.ts";
import { markup, type Markup } from "../html/markup.ts";
import { factsHtml, OPEN_TASKS, tableHtml } from "../html/page-table.ts";
import { page } from "../html/page.ts";
import { pageResponse } from "../html/samples/page-sample.ts";
import { DEFAULT_KEPT, pageTaskOf, type Candidate } from "../html/samples/page-task.ts";
import { samplesSection, type SectionTask } from "../html/samples/samples-section.ts";
import { pointsWhisker } from "../html/whisker.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import {
  benchmarkNotes,
  CHANGE_KINDS,
  diffColumns,
  diffFacts,
  noChangesNote,
  overallRow,
  runNames,
  type DiffOptions,
  type DiffRow,
  type RunNames,
} from "./diff-table.ts";

/** Settings of comparisons as pages. */
export interface HtmlDiffOptions extends DiffOptions {
  /** Samples of a task that the page keeps, those first that were lost or won. Default 200. */
  readonly samplesPerTask?: number | undefined;
}

/** Two runs as one HTML page that needs no other file: differences, and the samples that changed side by side. */
export function htmlDiff(comparison: RunComparison, options: HtmlDiffOptions = {}): string {
  const { language = "en", samplesPerTask: kept = DEFAULT_KEPT } = options;
  const labels = reportLabels[language];
  const names = runNames(comparison, options);
  const tasks = sectionTasks(comparison, { names, language, kept });
  const note = fill(labels.changesKept, { kept });
  const samples = samplesSection({
    title: labels.changes,
    note,
    tasks,
    tags: CHANGE_KINDS,
    labels,
  });
  return page({
    language,
    title: fill(labels.diffTitle, { ...names }),
    body: markup`<section>${factsHtml(diffFacts(comparison, options))}</section>
<section>
<h2>${labels.summary}</h2>
${diffTable(labels.benchmark, comparison.benchmarks.map(overallRow), language)}
</section>
${comparison.benchmarks.map((benchmark) => details(benchmark, language))}
${tasks.length > 0 ? samples.body : markup`<section>${noChangesNote(comparison.benchmarks, language)}</section>`}
<p class="quiet">${labels.diffMethod}</p>`,
    data: tasks.length > 0 ? samples.data : [],
    scripts: tasks.length > 0 ? samples.scripts : [],
  });
}

function diffTable(first: string, rows: readonly DiffRow[], language: ReportLanguage): Markup {
  const ends = rows.flatMap(({ interval }) => (interval ? [interval.low, interval.high] : []));
  const limit = Math.max(1, ...ends.map(Math.abs));
  return tableHtml({
    columns: diffColumns(first, language),
    rows,
    draw: ({ difference, interval }) => pointsWhisker(difference, interval, limit),
  });
}

function details(benchmark: BenchmarkComparison, language: ReportLanguage): Markup {
  const labels = reportLabels[language];
  const { title, groups, tasks } = benchmark;
  return markup`<section>
<h2>${title[language]}</h2>
${benchmarkNotes(benchmark, language).map((note) => markup`<p>${note}</p>`)}
${groups.length > 0 && diffTable(labels.group, groups, language)}
<details${tasks.length <= OPEN_TASKS && markup` open`}><summary>${labels.tasks} (${tasks.length})</summary>
${diffTable(labels.task, tasks, language)}
</details>
</section>`;
}

interface SectionParts {
  readonly names: RunNames;
  readonly language: ReportLanguage;
  readonly kept: number;
}

function sectionTasks({ benchmarks }: RunComparison, parts: SectionParts): SectionTask[] {
  const { language, kept } = parts;
  return benchmarks.flatMap(({ title, tasks, changes }, index) =>
    tasks.flatMap((task, i): SectionTask[] => {
      const own = changes.filter((change) => change.task === task.name);
      if (own.length === 0) return [];
      const candidates = own.map((change) => candidateOf(change, parts));
      return [
        {
          id: `t${index}-${i}`,
          benchmark: title[language],
          title: task.title[language],
          task: pageTaskOf(candidates, {
            order: CHANGE_KINDS,
            kept,
            labels: reportLabels[language],
          }),
        },
      ];
    }),
  );
}

function candidateOf({ kind, left, right }: Change, { names, language }: SectionParts): Candidate {
  const labels = reportLabels[language];
  return {
    record: left,
    tags: [kind],
    responses: () => [
      pageResponse(left, labels, names.left),
      pageResponse(right, labels, names.right),
    ],
  };
}
