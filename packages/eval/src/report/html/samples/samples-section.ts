import type { ReportLabels } from "../../labels/report-labels.ts";
import { dataScript, markup, type Markup } from "../markup.ts";
import type { SampleTag } from "./page-sample.ts";
import type { PageTask } from "./page-task.ts";
import { SAMPLES_SCRIPT } from "./samples-script.ts";

/** A task whose samples a page shows. */
export interface SectionTask {
  /** Of the element that holds them. */
  readonly id: string;
  /** What it is listed below: the benchmark. */
  readonly benchmark: string;
  readonly title: string;
  readonly task: PageTask;
}

/** What the section is made of. */
export interface SamplesSectionParts {
  readonly title: string;
  readonly tasks: readonly SectionTask[];
  /** What samples can be shown by, besides all. */
  readonly tags: readonly SampleTag[];
  /** Says which samples of a task the page keeps. */
  readonly note: string;
  readonly labels: ReportLabels;
}

/** Words that the script needs. */
const SCRIPT_LABELS = [
  "shown",
  "noneShown",
  "answer",
  "gold",
  "none",
  "note",
  "score",
  "sharedPrompt",
  "prompt",
  "generated",
] as const;

/** A section in which samples can be looked through, with its data and its script. */
export function samplesSection({ title, note, tasks, tags, labels }: SamplesSectionParts): {
  readonly body: Markup;
  readonly data: readonly Markup[];
  readonly scripts: readonly string[];
} {
  const words = Object.fromEntries(SCRIPT_LABELS.map((name) => [name, labels[name]]));
  const body = markup`<section id="samples">
<h2>${title}</h2>
<p class="quiet">${note}</p>
<noscript><p class="warn">${labels.noScript}</p></noscript>
<div class="controls">
<label>${labels.task}<select id="task">${taskOptions(tasks)}</select></label>
<label>${labels.show}<select id="tag">${option("", labels.all)}${tags.map((tag) => option(tag, labels[tag]))}</select></label>
<label>${labels.search}<input id="search" type="search"></label>
</div>
<p id="found" class="quiet" role="status"></p>
<div id="list"></div>
<div class="pages">
<button id="previous" type="button">${labels.previous}</button>
<button id="next" type="button">${labels.next}</button>
</div>
</section>`;
  const data = [dataScript("words", words), ...tasks.map(({ id, task }) => dataScript(id, task))];
  return { body, data, scripts: [SAMPLES_SCRIPT] };
}

function taskOptions(tasks: readonly SectionTask[]): Markup[] {
  const benchmarks = [...new Set(tasks.map(({ benchmark }) => benchmark))];
  return benchmarks.map((benchmark) => {
    const own = tasks.filter((task) => task.benchmark === benchmark);
    return markup`<optgroup label="${benchmark}">${own.map(({ id, title }) => option(id, title))}</optgroup>`;
  });
}

function option(value: string, text: string): Markup {
  return markup`<option value="${value}">${text}</option>`;
}
