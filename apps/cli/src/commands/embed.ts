import type { Command } from "commander";
import { z } from "zod";
import { addEngineOptions } from "../engine-options.ts";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { hasOneText, oneTextOnly, textKeys, toText } from "../rows.ts";
import { parseCount } from "../sampling-options.ts";
import { readText } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";

interface EmbedFlags extends ModelFlags {
  readonly jsonl?: boolean;
  readonly parallel?: number;
}

const schema = z.strictObject(textKeys).refine(hasOneText, oneTextOnly);
type Row = z.infer<typeof schema>;

/** `baichuan2 embed`: a vector for a text, or for each of many. */
export function addEmbedCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("embed")
    .description(t("command.embed"))
    .argument("[text]", t("argument.text"));
  addEngineOptions(addModelOptions(command, t), t)
    .option("--jsonl", t("option.jsonl"))
    .option("--parallel <n>", t("option.parallel"), parseCount)
    .action((text: string | undefined, flags: EmbedFlags) => embed(cli, text, flags));
}

async function embed(cli: Cli, argument: string | undefined, flags: EmbedFlags): Promise<void> {
  const { io, t } = cli;
  if (flags.jsonl && argument !== undefined) throw new UsageError(t("error.argumentAndJsonl"));
  if (flags.parallel && !flags.jsonl) throw new UsageError(t("error.parallelNeedsJsonl"));
  const text = flags.jsonl ? undefined : await readText(cli, argument);
  await using model = await openModel(cli, flags);
  const answer = async (row: Row) => ({
    embedding: [...(await model.embed(toText(row), { signal: io.signal }))],
  });
  if (text !== undefined) return write(io.stdout, toJsonLine(await answer({ text })));
  await runJsonLines(cli, { schema, answer, parallel: flags.parallel });
}
