import type { RunPlan, TrainingArguments } from "@baichuan2/finetune";
import { write, type Cli } from "../io.ts";
import { formatBytes, formatCount, formatRows } from "../output/format.ts";
import { toJsonLine } from "../to-json-line.ts";

/** Prints what a run would take: rows, steps, memory and time. */
export async function printPlan(
  cli: Cli,
  args: TrainingArguments,
  { threads, json }: { readonly threads?: number | undefined; readonly json: boolean },
): Promise<void> {
  const { io } = cli;
  const { planRun } = await import("@baichuan2/finetune");
  const plan = await planRun(args, { threads, signal: io.signal });
  await write(io.stdout, json ? toJsonLine(plan) : describePlan(cli, plan));
}

function describePlan(cli: Cli, plan: RunPlan): string {
  return [sizeRows(cli, plan), memoryRows(cli, plan), timeRows(cli, plan)]
    .map(formatRows)
    .join("\n");
}

function sizeRows({ t }: Cli, plan: RunPlan): string[][] {
  const { rows, evaluationRows, skipped, length, trainedParameters, allParameters } = plan;
  const trained = { trained: formatCount(trainedParameters), all: formatCount(allParameters) };
  return [
    [t("plan.rows"), t("plan.rowsOf", { rows, evaluationRows, skipped })],
    [t("plan.parameters"), t("plan.parametersOf", trained)],
    [t("plan.steps"), t("plan.stepsOf", { ...length })],
  ];
}

function memoryRows({ t }: Cli, { memory, totalBytes, availableBytes }: RunPlan): string[][] {
  return [
    [t("plan.weights"), formatBytes(memory.weightsBytes)],
    [t("plan.gradients"), formatBytes(memory.gradientsBytes)],
    [t("plan.optimizer"), formatBytes(memory.optimizerBytes)],
    [t("plan.activations"), formatBytes(memory.activationsBytes)],
    [t("plan.work"), formatBytes(memory.workBytes)],
    [t("plan.data"), formatBytes(memory.dataBytes)],
    [t("plan.process"), formatBytes(memory.processBytes)],
    [t("plan.total"), formatBytes(totalBytes)],
    [t("plan.available"), formatBytes(availableBytes)],
  ];
}

function timeRows({ t }: Cli, { secondsPerStep, seconds }: RunPlan): string[][] {
  if (secondsPerStep === undefined || seconds === undefined)
    return [[t("plan.time"), t("plan.doesNotFit")]];
  return [
    [t("plan.secondsPerStep"), t("bench.seconds", { seconds: secondsPerStep.toPrecision(3) })],
    [t("plan.time"), t("plan.duration", durationOf(seconds))],
  ];
}

function durationOf(seconds: number): Readonly<Record<"hours" | "minutes", string>> {
  const minutes = Math.ceil(seconds / 60);
  return { hours: String(Math.floor(minutes / 60)), minutes: String(minutes % 60) };
}
