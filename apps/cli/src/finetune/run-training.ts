import { join } from "node:path";
import type {
  ReportError,
  TrainingArguments,
  TrainingCallback,
  TrainingEvent,
  TrainingResult,
} from "@baichuan2/finetune";
import { note, write, type Cli } from "../io.ts";
import { formatRows } from "../output/format.ts";
import { createTrainingProgress, noTrainingProgress } from "../output/training-progress.ts";
import { toJsonLine } from "../to-json-line.ts";

/** How a run is shown. */
export interface RunTrainingOptions {
  readonly threads?: number | undefined;
  readonly json: boolean;
  readonly callbacks: readonly TrainingCallback[];
}

/**
 * Trains: progress on stderr and a summary on stdout, or each event as a line of JSON. A report that fails is told of, and the
 * run goes on. An abort tells how to go on.
 */
export async function runTraining(
  cli: Cli,
  args: TrainingArguments,
  options: RunTrainingOptions,
): Promise<void> {
  const { io } = cli;
  using progress = options.json ? noTrainingProgress() : createTrainingProgress(cli);
  let hasCheckpoint = false;
  const onEvent = async (event: TrainingEvent): Promise<void> => {
    hasCheckpoint ||= event.type === "save" || (event.type === "start" && event.step > 0);
    progress.update(event);
    if (options.json) await write(io.stdout, toJsonLine(event));
  };
  try {
    const result = await forEach(await startRun(cli, args, options), onEvent);
    progress[Symbol.dispose]();
    const end = { type: "end", steps: result.steps, path: result.path };
    await write(io.stdout, options.json ? toJsonLine(end) : describeResult(cli, result));
  } catch (error) {
    progress[Symbol.dispose]();
    if (io.signal.aborted) note(io, keptMessage(cli, args, hasCheckpoint));
    throw error;
  }
}

/** The training runtime is loaded only now: no other command pays for it. */
async function startRun(
  { io, t, language }: Cli,
  args: TrainingArguments,
  { threads, callbacks }: RunTrainingOptions,
): Promise<AsyncGenerator<TrainingEvent, TrainingResult>> {
  const { finetune } = await import("@baichuan2/finetune");
  const { signal } = io;
  const onReportError = ({ message }: ReportError): void =>
    note(io, t("error.prefix", { message: t("finetune.reportFailed", { message }) }));
  return finetune(args, { threads, callbacks, signal, language, onReportError });
}

/** Hands out what a generator yields. @returns what it returns. */
async function forEach<Value, Result>(
  values: AsyncGenerator<Value, Result>,
  take: (value: Value) => Promise<void>,
): Promise<Result> {
  try {
    for (;;) {
      const next = await values.next();
      if (next.done) return next.value;
      await take(next.value);
    }
  } finally {
    await values.return(undefined as never);
  }
}

function keptMessage({ t }: Cli, args: TrainingArguments, hasCheckpoint: boolean): string {
  return hasCheckpoint ? t("finetune.kept", { path: args.output_dir }) : t("finetune.nothingKept");
}

function describeResult({ t }: Cli, { path, steps, modelStep, log }: TrainingResult): string {
  const { train_loss: mean = 0, train_runtime: seconds = 0 } = log.at(-1) ?? {};
  const last = log.findLast(({ loss }) => loss !== undefined)?.["loss"];
  return formatRows([
    [t("finetune.out"), path],
    [t("finetune.report"), join(path, "report.html")],
    [t("finetune.steps"), String(steps)],
    ...(modelStep === steps ? [] : [[t("finetune.modelStep"), String(modelStep)]]),
    [t("finetune.loss"), mean.toPrecision(5)],
    ...(last === undefined ? [] : [[t("finetune.lastLoss"), last.toPrecision(5)]]),
    [t("finetune.time"), t("bench.seconds", { seconds: seconds.toFixed(1) })],
  ]);
}
