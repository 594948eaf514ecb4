import type { Benchmark } from "../benchmark.ts";
import { mmlu } from "./mmlu/mmlu.ts";

/** All benchmarks, in the order of the README's tables. */
export const benchmarks: readonly Benchmark[] = [mmlu];

/** The benchmark of a name. */
export function findBenchmark(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}
