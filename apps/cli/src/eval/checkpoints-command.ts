import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { CheckpointRun } from "@baichuan2/eval";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { collect } from "../sampling-options.ts";
import { toJsonLine } from "../to-json-line.ts";
import { findEvalModel } from "./open-eval-model.ts";
import { addRunFlags, planFor, runPlan, type EvalRunFlags } from "./run-command.ts";

interface CheckpointFlags extends EvalRunFlags {
  readonly out: string;
  readonly checkpoint?: readonly string[];
}

/** Where the README's curve comes from: a revision for every 220 billion tokens. */
const REPOSITORY = "baichuan-inc/Baichuan2-7B-Intermediate-Checkpoints";
const REVISIONS = Array.from(
  { length: 11 },
  (_, index) => `train_${String(220 * (index + 1)).padStart(5, "0")}B`,
);

/** `baichuan2 eval checkpoints`: scores over the tokens that a model was trained on. */
export function addEvalCheckpointsCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  const checkpoints = command
    .command("checkpoints")
    .description(t("command.evalCheckpoints"))
    .argument("<benchmarks...>", t("argument.benchmarks"));
  addRunFlags(checkpoints, cli)
    .requiredOption("--out <dir>", t("option.sweepOut"))
    .option("--json", t("option.json"))
    .option("--checkpoint <tokens=dir>", t("option.checkpoint"), collect)
    .action((names: readonly string[], flags: CheckpointFlags) => sweep(cli, names, flags));
}

/** A checkpoint to evaluate. */
interface Checkpoint {
  readonly label: string;
  /** Undefined: its label says it. */
  readonly tokens?: number;
  readonly model: string;
  readonly revision?: string;
}

async function sweep(cli: Cli, names: readonly string[], flags: CheckpointFlags): Promise<void> {
  const { language } = cli;
  if (flags.endpoint !== undefined) throw new UsageError(cli.t("eval.notOfEndpoint"));
  const { checkpointCurve, markdownCheckpoints } = await import("@baichuan2/eval");
  const runs: CheckpointRun[] = [];
  for (const checkpoint of checkpointsOf(cli, flags)) {
    runs.push(await evaluateCheckpoint(cli, names, flags, checkpoint));
    await writeCurve(cli, flags.out, runs); // what there is, after each
  }
  const curve = checkpointCurve(runs);
  const text = flags.json ? toJsonLine(curve) : markdownCheckpoints(curve, { language });
  await write(cli.io.stdout, text);
}

async function evaluateCheckpoint(
  cli: Cli,
  names: readonly string[],
  flags: CheckpointFlags,
  { label, tokens, model, revision }: Checkpoint,
): Promise<CheckpointRun> {
  const { readRun } = await import("@baichuan2/eval");
  const own = { ...flags, model, name: flags.name ?? label, ...(revision && { revision }) };
  const source = await findEvalModel(cli, own);
  const plan = await planFor(cli, names, own, source);
  const folder = join(flags.out, label);
  await runPlan(cli, { plan, source, folder, flags: own });
  return { label, tokens, run: await readRun(folder) };
}

async function writeCurve(
  { language }: Cli,
  folder: string,
  runs: readonly CheckpointRun[],
): Promise<void> {
  const evaluation = await import("@baichuan2/eval");
  const curve = evaluation.checkpointCurve(runs);
  const files = {
    "checkpoints.md": evaluation.markdownCheckpoints(curve, { language }),
    "checkpoints.csv": evaluation.csvCheckpoints(curve),
    "checkpoints.html": await evaluation.htmlCheckpoints(curve, { language }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

/** Those of `--checkpoint`, or the eleven published ones. @throws {UsageError} for one without its tokens. */
function checkpointsOf({ t }: Cli, { checkpoint, model }: CheckpointFlags): Checkpoint[] {
  if (checkpoint === undefined)
    return REVISIONS.map((revision) => {
      return { label: revision, model: model ?? REPOSITORY, revision };
    });
  return checkpoint.map((text) => {
    const [, billions, path] = /^(\d+(?:\.\d+)?)=(.+)$/.exec(text) ?? [];
    if (billions === undefined || path === undefined)
      throw new UsageError(t("eval.badCheckpoint", { text }));
    return { label: `${billions}B`, tokens: Number(billions) * 1e9, model: path };
  });
}
