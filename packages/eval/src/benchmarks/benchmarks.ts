import type { Benchmark } from "../benchmark.ts";
import { agieval } from "./agieval/agieval.ts";
import { ceval } from "./ceval/ceval.ts";
import { cmmlu } from "./cmmlu/cmmlu.ts";
import { gaokao } from "./gaokao/gaokao.ts";
import { jecqa } from "./jecqa/jecqa.ts";
import { medical } from "./medical/medical.ts";
import { medmcqa } from "./medmcqa/medmcqa.ts";
import { medqaMcmle, medqaUsmle } from "./medqa/medqa.ts";
import { mmlu } from "./mmlu/mmlu.ts";

/** All benchmarks, in the order of the README's tables. */
export const benchmarks: readonly Benchmark[] = [
  ...[ceval, mmlu, cmmlu, gaokao, agieval],
  ...[jecqa, medical, medqaUsmle, medqaMcmle, medmcqa],
];

/** The benchmark of a name. */
export function findBenchmark(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}
