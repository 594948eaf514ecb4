import type { Benchmark } from "../benchmark.ts";
import { agieval } from "./agieval/agieval.ts";
import { bbh } from "./bbh/bbh.ts";
import { ceval } from "./ceval/ceval.ts";
import { cmmlu } from "./cmmlu/cmmlu.ts";
import { flores } from "./flores/flores.ts";
import { gaokao } from "./gaokao/gaokao.ts";
import { gsm8k } from "./gsm8k/gsm8k.ts";
import { humaneval } from "./humaneval/humaneval.ts";
import { jecqa } from "./jecqa/jecqa.ts";
import { math } from "./math/math.ts";
import { mbpp } from "./mbpp/mbpp.ts";
import { medical } from "./medical/medical.ts";
import { medmcqa } from "./medmcqa/medmcqa.ts";
import { medqaMcmle, medqaUsmle } from "./medqa/medqa.ts";
import { mmlu } from "./mmlu/mmlu.ts";

/** All benchmarks, in the order of the README's tables. */
export const benchmarks: readonly Benchmark[] = [
  ceval,
  mmlu,
  cmmlu,
  gaokao,
  agieval,
  bbh,
  jecqa,
  medical,
  medqaUsmle,
  medqaMcmle,
  medmcqa,
  gsm8k,
  math,
  humaneval,
  mbpp,
  flores,
];

/** The benchmark of a name. */
export function findBenchmark(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}
