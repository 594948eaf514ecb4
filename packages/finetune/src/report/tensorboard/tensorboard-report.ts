import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { TrainingArguments } from "../../trainer/training-arguments.ts";
import type { TrainingEvent } from "../../trainer/training-event.ts";
import type { TrainingCallback } from "../training-callback.ts";
import { encodeEvent, textValue, type BoardEvent, type SummaryValue } from "./event-schema.ts";
import { recordOf } from "./record.ts";

type Scalars = Readonly<Record<string, number>>;

/**
 * Writes event files for TensorBoard (`tensorboard --logdir OUT`), where transformers' TensorBoardCallback writes them,
 * `runs/Nov28_09-15-00_host/events.out.tfevents.…`, and with its tags: train/loss, train/learning_rate, train/epoch,
 * train/grad_norm, eval/loss, eval/runtime …, and the arguments as the text `args`. Beside them train/tokens_per_second.
 *
 * Each start of a run has a folder of its own. TensorBoard shows them as one run each.
 *
 * @see https://github.com/huggingface/transformers/blob/23b2354078d27fff8e5abb7a37324282aa84eba4/src/transformers/integrations/integration_utils.py `TensorBoardCallback`
 */
export function tensorboardReport(args: TrainingArguments): TrainingCallback {
  const path = eventPath(args.output_dir, new Date());
  let last: Extract<TrainingEvent, { type: "step" }> | undefined;
  const append = (event: Omit<BoardEvent, "wallTime">): Promise<void> =>
    appendFile(path.file, recordOf(encodeEvent({ wallTime: Date.now() / 1e3, ...event })));
  const write = (step: number, scalars: Scalars): Promise<void> =>
    append({ step, summary: { value: toValues(scalars) } });
  return {
    name: "tensorboard",
    async onEvent(event) {
      if (event.type === "step") last = event;
      if (event.type === "start") {
        await mkdir(path.folder, { recursive: true });
        await append({ fileVersion: "brain.Event:2" });
        await append({ summary: { value: [textValue("args", JSON.stringify(args, null, 2))] } });
      }
      if (event.type === "log")
        await write(event.row["step"] ?? 0, {
          ...logScalars(event.row),
          ...("loss" in event.row ? stepScalars(last) : {}),
        });
      if (event.type === "evaluation") await write(event.step, evaluationScalars(event));
    },
  };
}

/** `train/…` of a row of the log; its step is the event's. */
function logScalars({ step: _step, ...row }: Scalars): Scalars {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [`train/${key}`, value]));
}

/** What the Trainer's rows do not have. */
function stepScalars(step: Extract<TrainingEvent, { type: "step" }> | undefined): Scalars {
  if (!step) return {};
  return {
    "train/grad_norm": step.gradNorm,
    "train/tokens_per_second": step.tokens / Math.max(step.seconds, 1e-9),
  };
}

function evaluationScalars(event: Extract<TrainingEvent, { type: "evaluation" }>): Scalars {
  const { epoch, loss, samples, seconds } = event;
  return {
    "eval/loss": loss,
    "eval/runtime": seconds,
    "eval/samples_per_second": samples / Math.max(seconds, 1e-9),
    "train/epoch": epoch,
  };
}

function toValues(scalars: Scalars): SummaryValue[] {
  return Object.entries(scalars).map(([tag, simpleValue]) => ({ tag, simpleValue }));
}

/** Names as PyTorch's SummaryWriter gives them. */
function eventPath(outputDir: string, now: Date): { folder: string; file: string } {
  const host = hostname();
  const folder = join(outputDir, "runs", `${timeOf(now)}_${host}`);
  const seconds = Math.floor(now.getTime() / 1e3);
  return {
    folder,
    file: join(folder, `events.out.tfevents.${seconds}.${host}.${process.pid}.0`),
  };
}

/** `%b%d_%H-%M-%S` of Python: Nov28_09-15-00. */
function timeOf(now: Date): string {
  const month = now.toLocaleString("en-US", { month: "short" });
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-");
  return `${month}${two(now.getDate())}_${time}`;
}
