import { Option, type Command } from "commander";
import type { SpecialTokenMode } from "@baichuan2/tokenizer";
import { z } from "zod";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addTokenizerOptions, openTokenizer, type ModelFlags } from "../model-options.ts";
import { readText } from "../text-input.ts";

interface TokenizeFlags extends ModelFlags {
  readonly jsonl?: boolean;
  readonly specialTokens: SpecialTokenMode;
}

const schema = z.strictObject({ text: z.string() });

/** `baichuan2 tokenize`: text to ids, as bare SentencePiece gives them unless `--special-tokens` says otherwise. */
export function addTokenizeCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("tokenize")
    .description(t("command.tokenize"))
    .argument("[text]", t("argument.text"));
  addTokenizerOptions(command, t)
    .option("--jsonl", t("option.jsonl"))
    .addOption(
      new Option("--special-tokens <mode>", t("option.specialTokens"))
        .choices(["parse", "text", "error"])
        .default("parse"),
    )
    .action((text: string | undefined, flags: TokenizeFlags) => tokenize(cli, text, flags));
}

async function tokenize(
  cli: Cli,
  argument: string | undefined,
  flags: TokenizeFlags,
): Promise<void> {
  const { specialTokens, jsonl } = flags;
  if (jsonl && argument !== undefined) throw new UsageError(cli.t("error.argumentAndJsonl"));
  const text = jsonl ? undefined : await readText(cli, argument);
  const tokenizer = await openTokenizer(cli, flags);
  if (text !== undefined) {
    const ids = tokenizer.encode(text, { specialTokens });
    return write(cli.io.stdout, `${ids.join(" ")}\n`);
  }
  const answer = (row: z.infer<typeof schema>) => ({
    ids: tokenizer.encode(row.text, { specialTokens }),
  });
  await runJsonLines(cli, { schema, answer });
}
