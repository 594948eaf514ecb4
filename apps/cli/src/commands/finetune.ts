import type { Command } from "commander";
import { parseTrainingArguments } from "@baichuan2/finetune/arguments";
import { loadCallbacks } from "../finetune/load-callbacks.ts";
import { printPlan } from "../finetune/print-plan.ts";
import { PREVIEWED, printPreview } from "../finetune/print-preview.ts";
import { runTraining } from "../finetune/run-training.ts";
import { configSchema, readConfig } from "../finetune/training-config.ts";
import {
  addTrainingOptions,
  givenArguments,
  withNearestFlag,
  type GivenArguments,
} from "../finetune/training-options.ts";
import { write, type Cli } from "../io.ts";
import { collect, parseCount } from "../sampling-options.ts";

interface FinetuneFlags extends GivenArguments {
  readonly config?: string;
  readonly printSchema?: boolean;
  readonly preview?: number | true;
  readonly plan?: boolean;
  readonly callback?: readonly string[];
  readonly threads?: number;
  readonly json?: boolean;
}

/** `baichuan2 finetune`: trains a model, with the flags of the original's fine-tune.py. */
export function addFinetuneCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program.command("finetune").description(t("command.finetune"));
  addTrainingOptions(command, cli)
    .option("--config <file>", t("option.config"))
    .option("--print-schema", t("option.printSchema"))
    .option("--preview [n]", t("option.preview"), parseCount)
    .option("--plan", t("option.plan"))
    .option("--callback <file>", t("option.callback"), collect)
    .option("--threads <n>", t("option.finetuneThreads"), parseCount)
    .option("--json", t("option.jsonEvents"))
    .addHelpText("after", () => `\n${t("help.finetune")}`)
    .exitOverride((error) => {
      throw withNearestFlag(error, command, t);
    })
    .action((flags: FinetuneFlags) => run(cli, flags));
}

async function run(cli: Cli, flags: FinetuneFlags): Promise<void> {
  const { io, t } = cli;
  if (flags.printSchema) return write(io.stdout, `${JSON.stringify(configSchema(t), null, 2)}\n`);
  const config = flags.config === undefined ? {} : await readConfig(cli, flags.config);
  const given = { ...config, ...givenArguments(flags) };
  const json = flags.json === true;
  if (flags.preview !== undefined) {
    // Nothing is written: a preview needs no place for it.
    const args = parseTrainingArguments({ output_dir: ".", ...given });
    const count = flags.preview === true ? PREVIEWED : flags.preview;
    return printPreview(cli, args, { count, json });
  }
  const args = parseTrainingArguments(given);
  if (flags.plan) return printPlan(cli, args, { threads: flags.threads, json });
  const callbacks = await loadCallbacks(cli, flags.callback ?? [], args);
  return runTraining(cli, args, { threads: flags.threads, json, callbacks });
}
