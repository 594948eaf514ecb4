import { Option, type Command } from "commander";
import type { GenerateOptions } from "@baichuan2/model";
import { UsageError } from "./exit-codes.ts";
import type { Cli } from "./io.ts";
import type { Translate } from "./messages/translate.ts";
import { checkGenerationOptions, parseNumber } from "./sampling-options.ts";

/** What the flags that say what an answer tells, and how it is made, leave in a command's options. */
export interface AnswerFlags {
  readonly n?: number;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly promptLogprobs?: number;
  readonly speculative?: boolean;
}

/** Adds the flags for several texts, log-probabilities and speculation. */
export function addAnswerOptions(command: Command, t: Translate): Command {
  return command
    .option("--n <n>", t("option.n"), parseNumber)
    .option("--logprobs", t("option.logprobs"))
    .addOption(
      new Option("--top-logprobs <n>", t("option.topLogprobs"))
        .argParser(parseNumber)
        .implies({ logprobs: true }),
    )
    .option("--prompt-logprobs <n>", t("option.promptLogprobs"), parseNumber)
    .addOption(new Option("--speculative", t("option.speculative")).conflicts("deterministic"));
}

/**
 * The options that the flags ask for.
 *
 * @param isJson - Whether the answer is JSON. Plain text is one text and nothing else, also where the checkpoint says `n`.
 * @throws {UsageError} for a value out of range, or what plain text cannot hold.
 */
export function readAnswerOptions(
  { t }: Cli,
  flags: AnswerFlags,
  isJson: boolean,
): Pick<GenerateOptions, keyof AnswerFlags> {
  const { n, logprobs, topLogprobs, promptLogprobs, speculative } = flags;
  const options = { n, logprobs, topLogprobs, promptLogprobs };
  checkGenerationOptions(options);
  if (isJson) return { ...options, speculative };
  const needsJson = [
    ...(n !== undefined && n > 1 ? ["--n"] : []),
    ...(topLogprobs !== undefined ? ["--top-logprobs"] : logprobs ? ["--logprobs"] : []),
    ...(promptLogprobs !== undefined ? ["--prompt-logprobs"] : []),
  ];
  if (needsJson[0] !== undefined)
    throw new UsageError(t("error.needsJson", { name: needsJson[0] }));
  return { n: 1, speculative };
}
