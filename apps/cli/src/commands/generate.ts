import { Option, type Command } from "commander";
import type { GenerateOptions, GenerationResult, Model, Prompt } from "@baichuan2/model";
import { z } from "zod";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { messages, samplingKeys, toGenerationOptions, tokenIds } from "../rows.ts";
import {
  addSamplingOptions,
  parseCount,
  readSamplingOptions,
  type SamplingFlags,
} from "../sampling-options.ts";
import { readText } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";

interface GenerateFlags extends ModelFlags, SamplingFlags {
  readonly jsonl?: boolean;
  readonly json?: boolean;
  readonly parallel?: number;
  readonly compat?: "original";
}

const schema = z
  .strictObject({
    ids: tokenIds.min(1).optional(),
    prompt: z.string().optional(),
    messages: messages.optional(),
    ...samplingKeys,
  })
  .refine(
    (row) =>
      [row.ids, row.prompt, row.messages].filter((given) => given !== undefined).length === 1,
    {
      error: "expected exactly one of ids, prompt, messages",
    },
  );
type Row = z.infer<typeof schema>;

/** `baichuan2 generate`: continues one text, or answers lines. */
export function addGenerateCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("generate")
    .description(t("command.generate"))
    .argument("[prompt]", t("argument.prompt"));
  addSamplingOptions(addModelOptions(command, t), t)
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
  const sampling = readSamplingOptions(flags);
  const options = { ...sampling, compat: flags.compat, signal: cli.io.signal };
  if (flags.jsonl) return generateLines(cli, flags, options);
  const text = await readText(cli, argument);
  await using model = await openModel(cli, flags);
  if (flags.json) {
    const result = await model.generate({ text }, options);
    return write(cli.io.stdout, toJsonLine(toAnswer(result)));
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
  const answer = async (row: Row) => {
    const options = { ...defaults, ...given(toGenerationOptions(row)) };
    return toAnswer(await model.generate(toPrompt(row), options));
  };
  await runJsonLines(cli, { schema, answer, parallel: flags.parallel });
}

function toPrompt(row: Row): Prompt {
  if (row.ids) return { tokenIds: row.ids };
  if (row.messages) return { messages: row.messages };
  return { text: row.prompt ?? "" };
}

/** Only what is set, so that it can be laid over defaults. */
function given<Options extends object>(options: Options): Partial<Options> {
  const entries = Object.entries(options).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(entries) as Partial<Options>;
}

/** A result with the names of OpenAI's API. */
export function toAnswer({ tokenIds, text, finishReason, usage }: GenerationResult) {
  const { promptTokens, completionTokens } = usage;
  return {
    ids: tokenIds,
    text: text ?? null,
    finish_reason: finishReason,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}
