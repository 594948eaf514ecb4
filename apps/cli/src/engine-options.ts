import { InvalidArgumentError, type Command } from "commander";
import type { LoadModelOptions } from "@baichuan2/model";
import type { Translate } from "./messages/translate.ts";
import { parseCount, parseNumber } from "./sampling-options.ts";

/** What the flags that size the engine leave in a command's options. */
export interface EngineFlags {
  readonly deterministic?: boolean;
  readonly maxSlots?: number;
  readonly maxSequences?: number;
  readonly prefixCacheSlots?: number;
}

/** Adds the flags that say how many requests and tokens a model takes at a time. */
export function addEngineOptions(command: Command, t: Translate): Command {
  return command
    .option("--deterministic", t("option.deterministic"))
    .option("--max-slots <n>", t("option.maxSlots"), parseCount)
    .option("--max-sequences <n>", t("option.maxSequences"), parseCount)
    .option("--prefix-cache-slots <n>", t("option.prefixCacheSlots"), parseWhole);
}

/** What the flags say to `loadModel`; what they leave out is undefined. */
export function engineOptions({
  deterministic,
  maxSlots,
  maxSequences,
  prefixCacheSlots,
}: EngineFlags): Pick<LoadModelOptions, keyof EngineFlags | "maxWaiting"> {
  // The program bounds its own requests (`--parallel`): none of them is to be refused.
  const maxWaiting = Number.MAX_SAFE_INTEGER;
  return { deterministic, maxSlots, maxSequences, prefixCacheSlots, maxWaiting };
}

/** An integer of at least 0. @throws {InvalidArgumentError} for anything else. */
export function parseWhole(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("(an integer >= 0)");
  return value;
}
