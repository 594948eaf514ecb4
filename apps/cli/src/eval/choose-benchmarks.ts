import type { Benchmark, BenchmarkChoice, BenchmarkOptions } from "@baichuan2/eval";
import { UsageError } from "../exit-codes.ts";
import type { Cli } from "../io.ts";
import { nearestName } from "../nearest-name.ts";
import { benchmarkOptions, type BenchmarkFlags } from "./eval-flags.ts";

/** Benchmarks, and whether each was asked for by its own name. */
export interface ChosenBenchmark extends BenchmarkChoice {
  /** A category was asked for: it is left out where its data is not there. */
  readonly isOptional: boolean;
}

/**
 * The benchmarks of names: their own, those of a category (`general`, `law-medicine`, `math-code`, `multilingual`), or `all`. Each
 * gets those of the options that it takes.
 *
 * @throws {UsageError} for a name that is none, or an option that no chosen benchmark takes.
 */
export function chooseBenchmarks(
  { t }: Cli,
  all: readonly Benchmark[],
  names: readonly string[],
  flags: BenchmarkFlags,
): ChosenBenchmark[] {
  const known = new Set([...all.flatMap(({ name, category }) => [name, category]), "all"]);
  const stranger = names.find((name) => !known.has(name));
  if (stranger !== undefined) throw unknownBenchmark(t, stranger, [...known]);
  const chosen = all.filter(({ name, category }) =>
    names.some((wanted) => [name, category, "all"].includes(wanted)),
  );
  const options = benchmarkOptions(flags);
  checkOptions(t, chosen, options);
  if (flags.tasks && chosen.length > 1) throw new UsageError(t("eval.tasksOfOne"));
  return chosen
    .filter((benchmark) => benchmark.recipes[flags.recipe] || names.includes(benchmark.name))
    .map((benchmark) => ({
      benchmark,
      recipe: flags.recipe,
      options: takenBy(benchmark, options),
      tasks: flags.tasks,
      isOptional: !names.includes(benchmark.name),
    }));
}

function checkOptions(t: Cli["t"], chosen: readonly Benchmark[], options: BenchmarkOptions): void {
  const taken: ReadonlySet<string> = new Set(chosen.flatMap((benchmark) => benchmark.options));
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !taken.has(name))
      throw new UsageError(t("eval.optionOfNone", { name: flagOf(name) }));
}

function takenBy(benchmark: Benchmark, options: BenchmarkOptions): BenchmarkOptions {
  const taken: readonly string[] = benchmark.options;
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && taken.includes(name)),
  );
}

/** `heldOutShots` is `--held-out-shots`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function unknownBenchmark(t: Cli["t"], name: string, known: readonly string[]): UsageError {
  const nearest = nearestName(name, known);
  const names = known.join(", ");
  return new UsageError(
    nearest === undefined
      ? t("eval.unknownBenchmark", { name, names })
      : t("eval.nearestBenchmark", { name, nearest }),
  );
}
