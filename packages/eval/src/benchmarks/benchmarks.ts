import type { Benchmark } from "../benchmark.ts";
import { ceval } from "./ceval/ceval.ts";
import { cmmlu } from "./cmmlu/cmmlu.ts";
import { medical } from "./medical/medical.ts";
import { mmlu } from "./mmlu/mmlu.ts";

/** All benchmarks, in the order of the README's tables. */
export const benchmarks: readonly Benchmark[] = [ceval, mmlu, cmmlu, medical];

/** The benchmark of a name. */
export function findBenchmark(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}
