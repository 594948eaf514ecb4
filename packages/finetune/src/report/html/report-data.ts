import type { TrainingArguments } from "../../trainer/training-arguments.ts";
import type { TrainingEvent } from "../../trainer/training-event.ts";
import type { RunOutcome } from "../training-callback.ts";
import { smooth, thin, type LogSummary, type Points } from "./chart-series.ts";
import { fill, reportLabels, type ReportLabels, type ReportLanguage } from "./labels.ts";

/** Everything that the page shows, as the script in it reads it. */
export interface ReportData {
  readonly language: ReportLanguage;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly charts: readonly Chart[];
  readonly step: string;
  readonly arguments: { readonly title: string; readonly rows: readonly Fact[] };
  readonly noSteps: string;
}

type Fact = readonly [label: string, value: string];

interface Chart {
  readonly title: string;
  readonly lines: readonly (Points & { readonly label: string; readonly style: LineStyle })[];
}

/** `faint` lies below a smoothed line, `points` are measured now and then. */
type LineStyle = "line" | "faint" | "points";

type Start = Extract<TrainingEvent, { type: "start" }>;

/** What is known of a run. */
export interface RunFacts {
  readonly args: TrainingArguments;
  readonly start: Start;
  readonly log: LogSummary;
  /** Not there while it goes on. */
  readonly outcome: RunOutcome | undefined;
  readonly now: Date;
}

/** Puts together what the page shows. */
export function reportData(run: RunFacts, language: ReportLanguage): ReportData {
  const labels = reportLabels[language];
  return {
    language,
    title: `${labels.title}: ${run.args.model_name_or_path}`,
    facts: [...settingFacts(run, labels), ...progressFacts(run, labels, language)],
    charts: charts(run.log, labels),
    step: labels.step,
    arguments: { title: labels.arguments, rows: argumentRows(run.args) },
    noSteps: labels.noSteps,
  };
}

function settingFacts({ args, start, log, outcome }: RunFacts, labels: ReportLabels): Fact[] {
  const share = percent(start.trainedParameters / start.allParameters);
  const parameters = {
    trained: count(start.trainedParameters),
    all: count(start.allParameters),
    share,
  };
  const rows = { rows: count(start.rows), skipped: count(start.skipped) };
  return [
    [labels.status, statusOf(outcome, log, labels)],
    [labels.model, args.model_name_or_path],
    [labels.data, args.data_path],
    [labels.output, args.output_dir],
    [labels.method, args.use_lora ? describeLora(args) : labels.methodFull],
    [labels.parameters, fill(labels.ofAll, parameters)],
    [labels.rows, start.skipped > 0 ? fill(labels.skipped, rows) : rows.rows],
  ];
}

function describeLora({ lora_r, lora_alpha, lora_target_modules }: TrainingArguments): string {
  return `LoRA (r ${lora_r}, alpha ${lora_alpha}, ${lora_target_modules.join(", ")})`;
}

function progressFacts(
  { start, log, now }: RunFacts,
  labels: ReportLabels,
  language: ReportLanguage,
): Fact[] {
  const { loss, evalLoss, tokens, seconds } = log;
  const facts: Fact[] = [
    [labels.steps, `${count(log.steps)} / ${count(start.length.totalSteps)}`],
    [labels.epochs, Number(log.epoch.toFixed(2)).toString()],
    [labels.tokens, count(tokens)],
    [labels.rate, seconds > 0 ? digits(tokens / seconds) : "–"],
    [labels.time, duration(seconds)],
  ];
  const [trainLast, evalLast] = [loss.y.at(-1), evalLoss.y.at(-1)];
  if (trainLast !== undefined) facts.push([labels.lastLoss, digits(trainLast)]);
  if (evalLast !== undefined) {
    const best = Math.min(...evalLoss.y);
    const step = evalLoss.x[evalLoss.y.indexOf(best)] ?? 0;
    facts.push([labels.lastEvalLoss, digits(evalLast)]);
    facts.push([labels.bestEvalLoss, fill(labels.atStep, { value: digits(best), step })]);
  }
  facts.push([labels.written, now.toLocaleString(language === "zh" ? "zh-CN" : "en-GB")]);
  return facts;
}

function statusOf(
  outcome: RunOutcome | undefined,
  { stop }: LogSummary,
  labels: ReportLabels,
): string {
  if (outcome === undefined) return labels.running;
  if (outcome.kind === "failed") {
    const { error } = outcome;
    const reason = error instanceof Error ? error.message : String(error);
    return fill(labels.failed, { reason });
  }
  if (outcome.kind === "left") return labels.left;
  if (stop === undefined) return labels.finished;
  const { patience, bestStep, bestLoss } = stop;
  return fill(labels.stopped, { patience, step: bestStep, loss: digits(bestLoss) });
}

function charts(log: LogSummary, labels: ReportLabels): Chart[] {
  const smoothed = smooth(log.loss);
  const isSmoothed = smoothed.x.length > 0;
  const train = { label: labels.trainLoss, ...thin(log.loss) };
  const lossLines = [
    { ...train, style: isSmoothed ? ("faint" as const) : ("line" as const) },
    { label: labels.smoothLoss, style: "line" as const, ...thin(smoothed) },
    { label: labels.evalLoss, style: "points" as const, ...thin(log.evalLoss) },
  ].filter(({ x }) => x.length > 0);
  const single = (label: string, points: Points): Chart => ({
    title: label,
    lines: [{ label, style: "line", ...thin(points) }],
  });
  return [
    { title: labels.loss, lines: lossLines },
    single(labels.learningRate, log.learningRate),
    single(labels.gradNorm, log.gradNorm),
  ];
}

function argumentRows(args: TrainingArguments): Fact[] {
  return Object.entries(args).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : String(value),
  ]);
}

const count = (value: number): string => value.toLocaleString("en-US");
const digits = (value: number): string => String(Number(value.toPrecision(5)));
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** Hours, minutes and seconds: 1:02:03. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
