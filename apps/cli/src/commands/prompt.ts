import { Option, type Command } from "commander";
import { buildChatPrompt, defaultGenerationConfig, type GenerationConfig } from "@baichuan2/model";
import { z } from "zod";
import type { Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import {
  addTokenizerOptions,
  openDirectory,
  openTokenizer,
  readPromptDefaults,
  type ModelFlags,
} from "../model-options.ts";
import { messages } from "../rows.ts";

interface PromptFlags extends ModelFlags {
  readonly compat?: "original";
}

const schema = z.strictObject({
  messages,
  max_new_tokens: z.int().nullish(),
  model_max_length: z.int().positive().nullish(),
});

/** What the published Chat models say; it holds where only a tokenizer is given. */
const chatDefaults = { maxNewTokens: 2048, modelMaxLength: 4096 };

/** `baichuan2 prompt`: conversations to the ids that the model continues. */
export function addPromptCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program.command("prompt").description(t("command.prompt"));
  addTokenizerOptions(command, t)
    .option("--jsonl", t("option.jsonlOnly"))
    .addOption(new Option("--compat <mode>", t("option.compat")).choices(["original"]))
    .action((flags: PromptFlags) => prompt(cli, flags));
}

async function prompt(cli: Cli, flags: PromptFlags): Promise<void> {
  const { generationConfig, modelMaxLength } = await promptDefaults(cli, flags);
  const tokenizer = await openTokenizer(cli, flags);
  const answer = (row: z.infer<typeof schema>) => ({
    ids: buildChatPrompt(tokenizer, row.messages, {
      generationConfig,
      maxNewTokens: row.max_new_tokens,
      modelMaxLength: row.model_max_length ?? modelMaxLength,
      compat: flags.compat,
    }),
  });
  await runJsonLines(cli, { schema, answer });
}

async function promptDefaults(
  cli: Cli,
  flags: PromptFlags,
): Promise<{ modelMaxLength: number; generationConfig: GenerationConfig }> {
  const { maxNewTokens, modelMaxLength } = chatDefaults;
  if (flags.model === undefined)
    return { modelMaxLength, generationConfig: { ...defaultGenerationConfig, maxNewTokens } };
  return readPromptDefaults(await openDirectory(cli, flags));
}
