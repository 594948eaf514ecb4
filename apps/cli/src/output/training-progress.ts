import type { SingleBar } from "cli-progress";
import type { TrainingEvent } from "@baichuan2/finetune";
import { note, type Cli } from "../io.ts";
import { formatCount } from "./format.ts";
import { createBar, type ProgressView } from "./progress.ts";

type Step = Extract<TrainingEvent, { type: "step" }>;

/** Shows a run on stderr: a bar where that is a terminal, else a line for each row of the log, evaluation and checkpoint. */
export function createTrainingProgress(cli: Cli): ProgressView<TrainingEvent> {
  return cli.io.stderr.isTTY === true ? barOf(cli) : linesOf(cli);
}

/** A view that shows nothing, where events themselves are printed. */
export function noTrainingProgress(): ProgressView<TrainingEvent> {
  return { update() {}, [Symbol.dispose]() {} };
}

function barOf(cli: Cli): ProgressView<TrainingEvent> {
  const { io, t } = cli;
  let bar: SingleBar | undefined;
  let evaluation = "";
  const update = (event: TrainingEvent): void => {
    if (event.type === "start") {
      noteSkipped(cli, event.skipped);
      bar = createBar(io.stderr, formatCount, "facts");
      bar.start(event.length.totalSteps, event.step, { label: t("progress.train"), facts: "" });
    }
    if (event.type === "evaluation")
      evaluation = `, ${t("progress.evaluationFacts", { loss: digits(event.loss) })}`;
    if (event.type === "step")
      bar?.update(event.step, { facts: stepFacts(cli, event) + evaluation });
  };
  return { update, [Symbol.dispose]: () => bar?.stop() };
}

function linesOf(cli: Cli): ProgressView<TrainingEvent> {
  let [steps, last]: [number, Step | undefined] = [0, undefined];
  const update = (event: TrainingEvent): void => {
    if (event.type === "start") {
      steps = event.length.totalSteps;
      noteSkipped(cli, event.skipped);
    }
    if (event.type === "step") last = event;
    const line = lineOf(cli, event, steps, last);
    if (line !== undefined) note(cli.io, line);
  };
  return { update, [Symbol.dispose]() {} };
}

function lineOf(
  cli: Cli,
  event: TrainingEvent,
  steps: number,
  last: Step | undefined,
): string | undefined {
  const { t } = cli;
  switch (event.type) {
    case "start": {
      const [trained, all] = [event.trainedParameters, event.allParameters].map(formatCount);
      const counts = { trained: trained ?? "", all: all ?? "" };
      const rows = formatCount(event.rows);
      return t("finetune.started", { rows, first: event.step + 1, steps, ...counts });
    }
    case "log": {
      const { loss, epoch = 0 } = event.row;
      if (loss === undefined || !last) return undefined; // the last row is the summary's
      const facts = stepFacts(cli, { ...last, loss });
      return t("finetune.logged", { step: last.step, steps, epoch, facts });
    }
    case "evaluation":
      return t("finetune.evaluated", { ...event, steps, loss: digits(event.loss) });
    case "save":
      return t("finetune.saved", { ...event, steps });
    case "stop":
      return t("finetune.stopped", { ...event, steps, bestLoss: digits(event.bestLoss) });
    default:
      return undefined;
  }
}

function noteSkipped({ io, t }: Cli, count: number): void {
  if (count > 0) note(io, t("finetune.skipped", { count }));
}

function stepFacts({ t }: Cli, step: Step): string {
  return t("progress.trainFacts", {
    loss: digits(step.loss),
    rate: digits(step.learningRate),
    norm: digits(step.gradNorm),
    speed: formatCount(Math.round(step.tokens / Math.max(step.seconds, 1e-9))),
  });
}

const digits = (value: number): string => String(Number(value.toPrecision(4)));
