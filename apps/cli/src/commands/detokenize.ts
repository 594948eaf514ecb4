import type { Command } from "commander";
import { z } from "zod";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addTokenizerOptions, openTokenizer, type ModelFlags } from "../model-options.ts";
import { tokenIds } from "../rows.ts";
import { readText } from "../text-input.ts";

interface DetokenizeFlags extends ModelFlags {
  readonly jsonl?: boolean;
  readonly skipSpecialTokens?: boolean;
}

const schema = z.strictObject({ ids: tokenIds });

/** `baichuan2 detokenize`: ids to text, as bare SentencePiece decodes them unless `--skip-special-tokens` is given. */
export function addDetokenizeCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("detokenize")
    .description(t("command.detokenize"))
    .argument("[ids...]", t("argument.ids"));
  addTokenizerOptions(command, t)
    .option("--jsonl", t("option.jsonl"))
    .option("--skip-special-tokens", t("option.skipSpecialTokens"))
    .action((ids: string[], flags: DetokenizeFlags) => detokenize(cli, ids, flags));
}

async function detokenize(cli: Cli, words: string[], flags: DetokenizeFlags): Promise<void> {
  const { jsonl, skipSpecialTokens = false } = flags;
  if (jsonl && words.length > 0) throw new UsageError(cli.t("error.argumentAndJsonl"));
  const text = jsonl
    ? undefined
    : await readText(cli, words.length > 0 ? words.join(" ") : undefined);
  const ids = text === undefined ? undefined : parseIds(cli, text);
  const tokenizer = await openTokenizer(cli, flags);
  if (ids) return write(cli.io.stdout, `${tokenizer.decode(ids, { skipSpecialTokens })}\n`);
  const answer = (row: z.infer<typeof schema>) => ({
    text: tokenizer.decode(row.ids, { skipSpecialTokens }),
  });
  await runJsonLines(cli, { schema, answer });
}

/** Ids between spaces or commas. */
function parseIds({ t }: Cli, text: string): number[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const wrong = words.find((word) => !/^\d+$/.test(word));
  if (wrong !== undefined) throw new UsageError(t("error.ids", { text: wrong }));
  return words.map(Number);
}
