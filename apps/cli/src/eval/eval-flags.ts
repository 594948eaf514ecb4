import { InvalidArgumentError, Option, type Command } from "commander";
import type { BenchmarkOptions, RecipeName } from "@baichuan2/eval";
import { parseWhole } from "../engine-options.ts";
import type { Translate } from "../messages/translate.ts";
import { parseCount, parseNumber } from "../sampling-options.ts";

/** Whose prompts and scores there are. */
const RECIPES: readonly RecipeName[] = [
  "readme",
  "official",
  "opencompass",
  "opencompass-head",
  "lm-eval",
];

/** How BLEU sees words. */
const TOKENIZERS = ["13a", "intl", "zh", "char", "none", "ja-mecab"];

/** What the flags of benchmarks leave in a command's options. */
export interface BenchmarkFlags {
  readonly recipe: RecipeName;
  readonly tasks?: readonly string[];
  readonly shots?: number;
  readonly split?: string;
  readonly prompt?: string;
  readonly letters?: BenchmarkOptions["letters"];
  readonly answers?: BenchmarkOptions["answers"];
  readonly seed?: number;
  readonly heldOutShots?: boolean;
  readonly direct?: boolean;
  readonly tokenize?: string;
  readonly samples?: number;
  readonly temperature?: number;
}

/** Adds the flags that say how benchmarks ask and score. */
export function addBenchmarkOptions(command: Command, t: Translate): Command {
  return command
    .addOption(new Option("--recipe <name>", t("option.recipe")).choices(RECIPES).default("readme"))
    .option("--tasks <names>", t("option.tasks"), parseNames)
    .option("--shots <n>", t("option.shots"), parseWhole)
    .option("--split <name>", t("option.split"))
    .option("--prompt <name>", t("option.evalPrompt"))
    .addOption(
      new Option("--letters <spelling>", t("option.letters")).choices(["bare", "spaced", "both"]),
    )
    .addOption(new Option("--answers <mode>", t("option.answers")).choices(["compare", "generate"]))
    .option("--seed <n>", t("option.evalSeed"), parseWhole)
    .option("--held-out-shots", t("option.heldOutShots"))
    .option("--direct", t("option.direct"))
    .addOption(new Option("--tokenize <name>", t("option.bleuTokenize")).choices(TOKENIZERS))
    .option("--samples <n>", t("option.samples"), parseCount)
    .option("--temperature <t>", t("option.evalTemperature"), parseTemperature);
}

/** The options that the flags give; those left out are undefined. */
export function benchmarkOptions(flags: BenchmarkFlags): BenchmarkOptions {
  const { shots, split, prompt, letters, answers } = flags;
  const { seed, heldOutShots, direct, tokenize, samples, temperature } = flags;
  return {
    shots,
    split,
    prompt,
    letters,
    answers,
    seed,
    heldOutShots,
    direct,
    tokenize,
    samples,
    temperature,
  };
}

/** Names with commas between them. @throws {InvalidArgumentError} for an empty one. */
export function parseNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) throw new InvalidArgumentError("(names, with commas)");
  return names;
}

/** `2/8`: the second of eight parts. @throws {InvalidArgumentError} for anything else. */
export function parseShard(text: string): { readonly index: number; readonly count: number } {
  const [, index = 0, count = 0] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError("(r/N, such as 1/4)");
}

/** @throws {InvalidArgumentError} for what is no temperature. */
function parseTemperature(text: string): number {
  const value = parseNumber(text);
  if (value > 0 && value <= 2) return value;
  throw new InvalidArgumentError("(above 0, at most 2)");
}

/** The flag of an option: `heldOutShots` is `--held-out-shots`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
