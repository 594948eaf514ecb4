import { type Command, InvalidArgumentError, Option } from "commander";
import {
  defaultGenerationConfig,
  GenerationOptionError,
  mergeGenerationOptions,
  type GenerationOptions,
} from "@baichuan2/model";
import { UsageError } from "./exit-codes.ts";
import type { Translate } from "./messages/translate.ts";

/** What the sampling flags of a command leave in its options. */
export interface SamplingFlags {
  readonly maxNewTokens?: number;
  readonly doSample?: boolean;
  readonly greedy?: boolean;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly typicalP?: number;
  readonly repetitionPenalty?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly noRepeatNgramSize?: number;
  readonly logitBias?: Readonly<Record<number, number>>;
  readonly seed?: number;
  readonly stop?: string[];
  readonly ignoreEos?: boolean;
}

/** Adds the flags that decide how tokens are drawn; without them the checkpoint's defaults hold. */
export function addSamplingOptions(command: Command, t: Translate): Command {
  return command
    .option("--max-new-tokens <n>", t("option.maxNewTokens"), parseNumber)
    .addOption(new Option("--do-sample", t("option.doSample")))
    .addOption(new Option("--greedy", t("option.greedy")).conflicts("doSample"))
    .option("--temperature <x>", t("option.temperature"), parseNumber)
    .option("--top-k <n>", t("option.topK"), parseNumber)
    .option("--top-p <x>", t("option.topP"), parseNumber)
    .option("--min-p <x>", t("option.minP"), parseNumber)
    .option("--typical-p <x>", t("option.typicalP"), parseNumber)
    .option("--repetition-penalty <x>", t("option.repetitionPenalty"), parseNumber)
    .option("--presence-penalty <x>", t("option.presencePenalty"), parseNumber)
    .option("--frequency-penalty <x>", t("option.frequencyPenalty"), parseNumber)
    .addOption(noRepeatNgramSize(t))
    .option("--logit-bias <id:bias>", t("option.logitBias"), addLogitBias)
    .option("--seed <n>", t("option.seed"), parseNumber)
    .option("--stop <text>", t("option.stop"), collect)
    .option("--ignore-eos", t("option.ignoreEos"));
}

/** Commander takes every `--no-` for the opposite of a switch. */
function noRepeatNgramSize(t: Translate): Option {
  const option = new Option("--no-repeat-ngram-size <n>", t("option.noRepeatNgramSize"));
  option.negate = false;
  return option.argParser(parseNumber);
}

/**
 * The generation options that a command line asks for; what it leaves out is undefined.
 *
 * @throws {UsageError} for a value out of range, before a model is loaded for nothing.
 */
export function readSamplingOptions(flags: SamplingFlags): GenerationOptions {
  const options = {
    maxNewTokens: flags.maxNewTokens,
    doSample: flags.greedy ? false : flags.doSample,
    temperature: flags.temperature,
    topK: flags.topK,
    topP: flags.topP,
    minP: flags.minP,
    typicalP: flags.typicalP,
    repetitionPenalty: flags.repetitionPenalty,
    presencePenalty: flags.presencePenalty,
    frequencyPenalty: flags.frequencyPenalty,
    noRepeatNgramSize: flags.noRepeatNgramSize,
    logitBias: flags.logitBias,
    seed: flags.seed,
    stop: flags.stop,
    ignoreEos: flags.ignoreEos,
  };
  checkGenerationOptions(options);
  return options;
}

/**
 * Checks generation options that came from flags.
 *
 * @throws {UsageError} for a value out of range, with the flag as the user spelled it.
 */
export function checkGenerationOptions(options: GenerationOptions): void {
  try {
    mergeGenerationOptions(defaultGenerationConfig, options);
  } catch (error) {
    if (!(error instanceof GenerationOptionError)) throw error;
    const message = describeOptionError(
      error,
      (field) => `--${snakeCase(field).replaceAll("_", "-")}`,
    );
    throw new UsageError(message, { cause: error });
  }
}

/** The message of an option error with the option spelled as the user spelled it. */
export function describeOptionError(
  { where, field, expected, actual }: GenerationOptionError,
  spell: (field: string) => string,
): string {
  const got = typeof actual === "number" ? String(actual) : JSON.stringify(actual);
  return `${where}: expected ${spell(field)} to be ${expected}, got ${got}`;
}

/** `maxNewTokens` -> `max_new_tokens`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** One value of a flag that may be given several times, after those before it. */
export function collect(text: string, list: readonly string[] = []): string[] {
  return [...list, text];
}

/** A number of the command line. @throws {InvalidArgumentError} for anything else. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("(a number)");
  return value;
}

/**
 * One `--logit-bias`, added to those before it.
 *
 * @throws {InvalidArgumentError} if it is no token id and number, or the id came before.
 */
function addLogitBias(
  text: string,
  biases: Readonly<Record<number, number>> = {},
): Readonly<Record<number, number>> {
  const [, id, bias = ""] = /^(\d+):(.+)$/.exec(text) ?? [];
  if (id === undefined) throw new InvalidArgumentError("(id:bias, such as 7:-100)");
  if (Object.hasOwn(biases, Number(id))) throw new InvalidArgumentError("(one bias for each id)");
  return { ...biases, [Number(id)]: parseNumber(bias) };
}

/** An integer of at least 1. @throws {InvalidArgumentError} for anything else. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("(an integer >= 1)");
  return value;
}
