import { Option, type Command } from "commander";
import type { GenerateOptions, Model } from "@baichuan2/model";
import { z } from "zod";
import { addAnswerOptions, readAnswerOptions, type AnswerFlags } from "../answer-options.ts";
import { toAnswer } from "../answer.ts";
import { addEngineOptions } from "../engine-options.ts";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import {
  addFormatOptions,
  formatKeys,
  hasOneFormat,
  readFormat,
  toFormat,
  type FormatFlags,
} from "../response-format.ts";
import {
  hasOnePrompt,
  onePromptOnly,
  promptKeys,
  samplingKeys,
  toGenerationOptions,
  toPrompt,
} from "../rows.ts";
import {
  addSamplingOptions,
  parseCount,
  readSamplingOptions,
  type SamplingFlags,
} from "../sampling-options.ts";
import { readText } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";
import { tokenNames } from "@baichuan2/model";

interface GenerateFlags extends ModelFlags, SamplingFlags, AnswerFlags, FormatFlags {
  readonly jsonl?: boolean;
  readonly json?: boolean;
  readonly parallel?: number;
  readonly compat?: "original";
}

const schema = z
  .strictObject({ ...promptKeys, ...samplingKeys, ...formatKeys })
  .refine(hasOnePrompt, onePromptOnly)
  .refine(hasOneFormat, { error: "expected one of response_format, structured_outputs" });
type Row = z.infer<typeof schema>;

/** `baichuan2 generate`: continues one text, or answers lines. */
export function addGenerateCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("generate")
    .description(t("command.generate"))
    .argument("[prompt]", t("argument.prompt"));
  addEngineOptions(addModelOptions(command, t), t);
  addFormatOptions(addAnswerOptions(addSamplingOptions(command, t), t), t)
    .option("--json", t("option.json"))
    .option("--jsonl", t("option.jsonl"))
    .option("--parallel <n>", t("option.parallel"), parseCount)
    .addOption(new Option("--compat <mode>", t("option.compat")).choices(["original"]))
    .action((text: string | undefined, flags: GenerateFlags) => generate(cli, text, flags));
}

async function generate(
  cli: Cli,
  argument: string | undefined,
  flags: GenerateFlags,
): Promise<void> {
  const { t } = cli;
  if (flags.jsonl && argument !== undefined) throw new UsageError(t("error.argumentAndJsonl"));
  if (flags.parallel && !flags.jsonl) throw new UsageError(t("error.parallelNeedsJsonl"));
  const options: GenerateOptions = {
    ...readSamplingOptions(flags),
    ...readAnswerOptions(cli, flags, Boolean(flags.json || flags.jsonl)),
    responseFormat: await readFormat(cli, flags),
    compat: flags.compat,
    signal: cli.io.signal,
  };
  if (flags.jsonl) return generateLines(cli, flags, options);
  const text = await readText(cli, argument);
  await using model = await openModel(cli, flags);
  if (flags.json) {
    const result = await model.generate({ text }, options);
    return write(cli.io.stdout, toJsonLine(toAnswer(result, tokenNames(model))));
  }
  await streamText(cli, model, text, options);
}

async function streamText(
  cli: Cli,
  model: Model,
  text: string,
  options: GenerateOptions,
): Promise<void> {
  for await (const delta of model.generateStream({ text }, options))
    if (delta.text !== "") await write(cli.io.stdout, delta.text);
  await write(cli.io.stdout, "\n");
}

async function generateLines(
  cli: Cli,
  flags: GenerateFlags,
  defaults: GenerateOptions,
): Promise<void> {
  await using model = await openModel(cli, flags);
  const name = tokenNames(model);
  const answer = async (row: Row) => {
    const options = { ...defaults, ...given(toGenerationOptions(row)), ...toFormat(row) };
    return toAnswer(await model.generate(toPrompt(row), options), name);
  };
  await runJsonLines(cli, { schema, answer, parallel: flags.parallel });
}

/** Only what is set, so that it can be laid over defaults. */
function given<Options extends object>(options: Options): Partial<Options> {
  const entries = Object.entries(options).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(entries) as Partial<Options>;
}
