import type { Benchmark, BenchmarkChoice, BenchmarkOptions } from "@baichuan2/eval";
import { UsageError } from "../exit-codes.ts";
import { note, type Cli } from "../io.ts";
import { nearestName } from "../nearest-name.ts";
import { benchmarkOptions, flagOf, type BenchmarkFlags } from "./eval-flags.ts";

/** Benchmarks, and whether each was asked for by its own name. */
export interface ChosenBenchmark extends BenchmarkChoice {
  /** A category was asked for: it is left out where its data is not there. */
  readonly isOptional: boolean;
}

/**
 * The benchmarks of names: their own, those of a category (`general`, `law-medicine`, `math-code`, `multilingual`), or `all`. Each
 * gets those of the options that it takes. One of a category that has not the recipe is left out, and the user is told.
 *
 * @throws {UsageError} for a name that is none, or an option that no chosen benchmark takes.
 */
export function chooseBenchmarks(
  cli: Cli,
  all: readonly Benchmark[],
  names: readonly string[],
  flags: BenchmarkFlags,
): ChosenBenchmark[] {
  const { io, t } = cli;
  const named = namedBenchmarks(cli, all, names);
  const options = benchmarkOptions(flags);
  checkOptions(t, named, options);
  if (flags.tasks && named.length > 1) throw new UsageError(t("eval.tasksOfOne"));
  const { recipe, tasks } = flags;
  return named.flatMap((benchmark): ChosenBenchmark[] => {
    const { name } = benchmark;
    const isOptional = !names.includes(name);
    if (isOptional && !benchmark.recipes[recipe]) {
      note(io, t("eval.skipped", { name, message: t("eval.noRecipe", { recipe }) }));
      return [];
    }
    return [{ benchmark, recipe, options: takenBy(benchmark, options), tasks, isOptional }];
  });
}

/** The benchmarks of names, categories or `all`; all of them for no name. @throws {UsageError} for a name that is none. */
export function namedBenchmarks(
  { t }: Cli,
  all: readonly Benchmark[],
  names: readonly string[],
): Benchmark[] {
  const known = new Set(["all", ...all.flatMap(({ name, category }) => [name, category])]);
  const stranger = names.find((name) => !known.has(name));
  if (stranger !== undefined) throw unknownBenchmark(t, stranger, [...known]);
  return all.filter(
    ({ name, category }) =>
      names.length === 0 || names.some((wanted) => [name, category, "all"].includes(wanted)),
  );
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

function unknownBenchmark(t: Cli["t"], name: string, known: readonly string[]): UsageError {
  const nearest = nearestName(name, known);
  const names = known.join(", ");
  return new UsageError(
    nearest === undefined
      ? t("eval.unknownBenchmark", { name, names })
      : t("eval.nearestBenchmark", { name, nearest }),
  );
}
