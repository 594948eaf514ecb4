import type { Category } from "../../benchmark.ts";
import { publishedScore } from "../../published/published-scores.ts";
import type { RunResult } from "../../results.ts";
import type { BenchmarkScores, RunScores } from "../../scores/score-run.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import {
  benchmarkFacts,
  cutPromptNotes,
  partialNotes,
  runFacts,
  sourceNote,
} from "../table/report-notes.ts";
import { CATEGORIES, publishedModels, type ReportOptions } from "../table/report-options.ts";
import { benchmarkRow, groupRows, taskRows, type ReportRow } from "../table/report-row.ts";
import {
  groupColumns,
  summaryColumns,
  taskColumns,
  type ScoreTableOptions,
} from "../table/score-table.ts";
import { markup, type Markup } from "./markup.ts";
import { page } from "./page.ts";
import { DEFAULT_KEPT, pageTask } from "./samples/page-task.ts";
import { samplesSection, type SectionTask } from "./samples/samples-section.ts";
import { whisker } from "./whisker.ts";
import { factsHtml, notesHtml, OPEN_TASKS, tableHtml } from "./page-table.ts";

/** Settings of pages. */
export interface HtmlReportOptions extends ReportOptions {
  /** Samples of a task that the page keeps, those first that are not right. Default 200. */
  readonly samplesPerTask?: number | undefined;
}

/**
 * A run as one HTML page that needs no other file: scores with their intervals beside those of the README, groups, tasks,
 * and samples to look through.
 *
 * @param scores - Of the run.
 */
export function htmlReport(
  run: RunResult,
  scores: RunScores,
  options: HtmlReportOptions = {},
): string {
  const { language = "en", samplesPerTask: kept = DEFAULT_KEPT } = options;
  const labels = reportLabels[language];
  const table = { language, models: publishedModels(options, scores.facts) };
  const tags = ["wrong", "right", "noAnswer", "unknown"] as const;
  const tasks = sectionTasks(run, language, kept);
  const note = fill(labels.samplesKept, { kept });
  const samples = samplesSection({ title: labels.samplesTitle, note, tasks, tags, labels });
  return page({
    language,
    title: fill(labels.reportTitle, { model: scores.facts.model.name }),
    body: markup`<section>${factsHtml(runFacts(scores, language))}</section>
${notesHtml(partialNotes([scores], language))}
${CATEGORIES.map((category) => summary(scores, category, table))}
${notesHtml(cutPromptNotes(scores, language))}
${scores.benchmarks.map((benchmark, index) => details(benchmark, index, table))}
${samples.body}
<p class="quiet">${labels.method}</p>
${table.models.length > 0 && markup`<p class="quiet">${sourceNote(language)}</p>`}`,
    data: samples.data,
    scripts: samples.scripts,
  });
}

function summary(
  { benchmarks }: RunScores,
  category: Category,
  table: ScoreTableOptions,
): Markup | undefined {
  const chosen = benchmarks.filter((benchmark) => benchmark.category === category);
  if (chosen.length === 0) return undefined;
  const { language, models } = table;
  const rows = chosen.map(benchmarkRow);
  const nameOf = ({ title, benchmark }: ReportRow): Markup =>
    markup`<a href="#b${benchmarks.indexOf(benchmark)}">${title[language]}</a>`;
  return markup`<section>
<h2>${reportLabels[language][category]}</h2>
${tableHtml({ columns: summaryColumns(table, rows), rows, draw: drawScore(models), nameOf })}
${key(table)}
</section>`;
}

/** What the drawings mean. */
function key({ language, models }: ScoreTableOptions): Markup {
  const labels = reportLabels[language];
  const published = models.map(
    (model) => markup`<i class="theirs"></i>${fill(labels.published, { model })}`,
  );
  return markup`<p class="quiet key"><i class="ours"></i>${labels.score}<i class="faint"></i>${labels.interval}${published}</p>`;
}

function details(benchmark: BenchmarkScores, index: number, table: ScoreTableOptions): Markup {
  const { language, models } = table;
  const labels = reportLabels[language];
  const [groups, tasks] = [groupRows(benchmark), taskRows(benchmark)];
  const nameOf = ({ title }: ReportRow, i: number): Markup =>
    markup`<a href="#samples" data-task="${taskId(index, i)}">${title[language]}</a>`;
  const draw = drawScore(models);
  const groupTable = { columns: groupColumns(table, groups), rows: groups, draw };
  const taskTable = { columns: taskColumns(table, tasks), rows: tasks, draw, nameOf };
  return markup`<section id="b${index}">
<h2>${benchmark.title[language]}</h2>
${factsHtml(benchmarkFacts(benchmark, language))}
${groups.length > 0 && markup`<h3>${labels.groups}</h3>${tableHtml(groupTable)}`}
<details${tasks.length <= OPEN_TASKS && markup` open`}>
<summary>${labels.tasks} (${tasks.length})</summary>
${tableHtml(taskTable)}
</details>
</section>`;
}

function drawScore(models: readonly string[]): (row: ReportRow) => Markup {
  return ({ score, published }) =>
    whisker(
      score,
      models.flatMap((model) => publishedScore(model, published) ?? []),
    );
}

function sectionTasks(run: RunResult, language: ReportLanguage, kept: number): SectionTask[] {
  return run.benchmarks.flatMap(({ benchmark, tasks }, index) =>
    tasks.map(({ task, records }, i) => ({
      id: taskId(index, i),
      benchmark: benchmark.title[language],
      title: task.title[language],
      task: pageTask(records, kept, reportLabels[language]),
    })),
  );
}

function taskId(benchmark: number, task: number): string {
  return `t${benchmark}-${task}`;
}
