import type { MemoryHint, MemoryLimitError } from "@baichuan2/model";
import type { Translate } from "./messages/translate.ts";
import { formatBytes } from "./output/format.ts";

/** A refusal for lack of memory in the user's language, with the flags that need less. */
export function memoryMessage(
  { needBytes, availableBytes, breakdown, hints }: MemoryLimitError,
  t: Translate,
): string {
  const { weightsBytes, cacheBytes, workBytes, processBytes, adapterBytes, loadBytes } = breakdown;
  const flagOf: Readonly<Record<MemoryHint, string>> = {
    "dtype-int4": "--dtype int4",
    "no-exact": t("error.memoryExact"),
    "quantize-head": "--quantize-head",
  };
  const flags = [...hints.map((hint) => flagOf[hint]), "--no-memory-check"];
  return t("error.memory", {
    need: formatBytes(needBytes),
    available: formatBytes(availableBytes),
    weights: formatBytes(weightsBytes),
    cache: formatBytes(cacheBytes),
    rest: formatBytes(workBytes + processBytes + adapterBytes + loadBytes),
    flags: flags.join(", "),
  });
}
