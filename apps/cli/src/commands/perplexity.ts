import type { Command } from "commander";
import type { Perplexity } from "@baichuan2/model";
import { z } from "zod";
import { addEngineOptions } from "../engine-options.ts";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { formatCount, formatRows } from "../output/format.ts";
import { hasOneText, oneTextOnly, textKeys, toText } from "../rows.ts";
import { parseCount } from "../sampling-options.ts";
import { readTextFile } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";

interface PerplexityFlags extends ModelFlags {
  readonly window?: number;
  readonly stride?: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly parallel?: number;
}

const schema = z.strictObject(textKeys).refine(hasOneText, oneTextOnly);

/** `baichuan2 perplexity`: how well a model predicts a text, or each of many. */
export function addPerplexityCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("perplexity")
    .description(t("command.perplexity"))
    .argument("[file]", t("argument.file"));
  addEngineOptions(addModelOptions(command, t), t)
    .option("--window <n>", t("option.contextWindow"), parseCount)
    .option("--stride <n>", t("option.stride"), parseCount)
    .option("--json", t("option.json"))
    .option("--jsonl", t("option.jsonl"))
    .option("--parallel <n>", t("option.parallel"), parseCount)
    .action((file: string | undefined, flags: PerplexityFlags) => perplexity(cli, file, flags));
}

async function perplexity(
  cli: Cli,
  file: string | undefined,
  flags: PerplexityFlags,
): Promise<void> {
  const { io, t } = cli;
  if (flags.jsonl && file !== undefined) throw new UsageError(t("error.argumentAndJsonl"));
  if (flags.parallel && !flags.jsonl) throw new UsageError(t("error.parallelNeedsJsonl"));
  if (!flags.jsonl && file === undefined && io.stdin.isTTY === true)
    throw new UsageError(t("error.noMessage"));
  checkWindow(cli, flags);
  const text = flags.jsonl ? undefined : await readTextFile(cli, file ?? "-");
  await using model = await openModel(cli, flags);
  const window = flags.window ?? model.config.modelMaxLength;
  checkWindow(cli, { ...flags, window });
  const options = { window, stride: flags.stride, signal: io.signal };
  if (text === undefined) {
    const answer = async (row: z.infer<typeof schema>) => ({
      ...(await model.perplexity(toText(row), options)),
    });
    return await runJsonLines(cli, { schema, answer, parallel: flags.parallel });
  }
  const tokenIds = model.promptIds({ text });
  if (tokenIds.length < 2) throw new UsageError(t("error.shortText", { count: tokenIds.length }));
  const result = await model.perplexity({ tokenIds }, options);
  await write(io.stdout, flags.json ? toJsonLine(result) : describe(cli, result));
}

/** @throws {UsageError} for sizes that make no windows. */
function checkWindow(
  { t }: Cli,
  { window = Infinity, stride = 1 }: Pick<PerplexityFlags, "window" | "stride">,
): void {
  if (window < 2) throw new UsageError(t("error.shortWindow", { count: window }));
  if (stride > window) throw new UsageError(t("error.longStride", { window, stride }));
}

function describe({ t }: Cli, { perplexity: value, loss, tokens }: Perplexity): string {
  return formatRows([
    [t("perplexity.perplexity"), value.toPrecision(6)],
    [t("perplexity.loss"), loss.toPrecision(6)],
    [t("perplexity.tokens"), formatCount(tokens)],
  ]);
}
