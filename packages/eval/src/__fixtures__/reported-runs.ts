import type { Benchmark, Grade } from "../benchmark.ts";
import type { EvalRequest, EvalResponse } from "../eval-request.ts";
import type { BenchmarkResult, RunResult, SampleRecord } from "../results.ts";
import { HOSTILE, HOSTILE_CHARACTERS, HOSTILE_MEGABYTE, HOSTILE_TABLE } from "./hostile.ts";
import {
  benchmarkOf,
  choiceRecord,
  generationRecord,
  marksOf,
  resultOf,
  runOf,
  taskOf,
  taskWith,
  type Mark,
} from "./run-result.ts";

/** Marks that look like a run's, the same each time; some samples have no answer. */
function mixedMarks(n: number, rightOf1000: number, salt = 0): Mark[] {
  return Array.from({ length: n }, (_, i): Mark => {
    const draw = (Math.imul(i + 1 + salt * 7919, 2654435761) >>> 8) % 1000;
    if (draw < rightOf1000) return 1;
    return draw > 985 ? "-" : 0;
  });
}

const exams: Benchmark = benchmarkOf("mmlu", {
  title: { en: "MMLU", zh: "MMLU" },
  published: "MMLU",
  groups: { STEM: { en: "STEM", zh: "理工" }, humanities: { en: "Humanities", zh: "人文" } },
});

const ceval: Benchmark = benchmarkOf("ceval", {
  title: { en: "C-Eval", zh: "C-Eval" },
  published: "C-Eval",
  aggregation: "macro",
});

const flores: Benchmark = benchmarkOf("flores", {
  title: { en: "Flores-101", zh: "Flores-101" },
  category: "multilingual",
  published: "Average",
  aggregation: "macro",
});

const gsm8k: Benchmark = benchmarkOf("gsm8k", {
  title: { en: "GSM8K", zh: "GSM8K" },
  category: "math-code",
  published: "GSM8K",
  recipes: {
    readme: {
      shots: 4,
      description: { en: "OpenCompass of 2023", zh: "2023 年的 OpenCompass" },
      chosen: { en: "the four fixed examples", zh: "四个固定示例" },
    },
  },
});

function translation(row: number, score: number): SampleRecord {
  const grade: Grade = {
    answer: `the translation ${row}`,
    gold: `the reference ${row}`,
    score,
    others: { chrF: score / 2 },
  };
  return generationRecord(`zh-en/devtest/${row}`, `the translation ${row}`, { grade });
}

function floresResult(salt: number): BenchmarkResult {
  const corpusScore = {
    signature: "BLEU|tok:13a|smooth:exp",
    of: (grades: readonly Grade[]) =>
      100 * (grades.reduce((sum, { score }) => sum + (score ?? 0), 0) / grades.length),
  };
  const records = Array.from({ length: 40 }, (_, row) =>
    translation(row, ((row * 7 + salt) % 10) / 20),
  );
  const task = { published: "CN-EN", corpusScore, title: { en: "zh-en", zh: "中-英" } };
  return resultOf(flores, [taskWith("zh-en", records, task)]);
}

function gsm8kResult(salt: number): BenchmarkResult {
  const records = mixedMarks(60, 245, salt).map((mark, row) => {
    const { grade } = choiceRecord("", mark);
    const answer = mark === 1 ? "18" : "17";
    const text = mark === "-" ? "I do not know." : `She has 9 + 9 = ${answer}.\nThe answer is ${answer}`;
    return generationRecord(`gsm8k/test/${row}`, text, {
      question: `Janet has ${row} ducks. How many eggs are there?`,
      grade: { ...grade, answer: grade.answer && answer, gold: "18" },
    });
  });
  return resultOf(gsm8k, [taskWith("gsm8k", records, { planned: 80 })], { options: { shots: 4 } });
}

/** A run of four benchmarks: two of letters, one of them with groups; translations; and one that is not done. */
export function exampleRun(name = "Baichuan2-7B-Base", salt = 0): RunResult {
  const task = (subject: string, n: number, right: number, groups: string[]) =>
    taskOf(subject, mixedMarks(n, right, salt), { groups });
  return runOf(
    [
      resultOf(exams, [
        task("abstract_algebra", 100, 310 + salt * 20, ["STEM"]),
        task("anatomy", 135, 540, ["STEM"]),
        task("world_religions", 171, 760, ["humanities"]),
      ]),
      resultOf(ceval, [task("law", 24, 450, []), task("logic", 22, 500 + salt * 30, [])]),
      gsm8kResult(salt),
      floresResult(salt),
    ],
    { model: { name, fingerprint: `0123abcd${salt}` } },
  );
}

const PERPLEXITY: EvalRequest = {
  kind: "perplexity",
  texts: ["A", "B"].map((letter) => `Question?\nAnswer: ${letter}`),
};

const LOSSES: EvalResponse = { kind: "perplexity", losses: [1.5, Number.NaN], truncatedTokens: 3 };

const LIKELIHOOD: EvalRequest = {
  kind: "logLikelihood",
  prompt: `Question?${HOSTILE}\nAnswer:`,
  continuations: [" A", ` ${HOSTILE}`],
};

const LOG_LIKELIHOODS: EvalResponse = {
  kind: "logLikelihood",
  logLikelihoods: [-1.25, Number.NEGATIVE_INFINITY],
  truncatedTokens: 0,
};

/** A run whose every text is hostile: names, notes, questions, answers, one of them 1 MB. */
export function hostileRun(): RunResult {
  const title = { en: HOSTILE, zh: HOSTILE };
  const benchmark = benchmarkOf(HOSTILE_TABLE, { title, groups: { [HOSTILE]: title } });
  const grade: Grade = { answer: HOSTILE, gold: HOSTILE_CHARACTERS, score: 0, note: HOSTILE };
  const records = [
    choiceRecord(HOSTILE, 0, { question: HOSTILE, grade }),
    generationRecord("megabyte", HOSTILE_MEGABYTE, { grade: { ...grade, answer: HOSTILE_MEGABYTE } }),
    generationRecord("characters", HOSTILE_CHARACTERS, { question: HOSTILE_CHARACTERS }),
    choiceRecord("perplexity", 1, { request: PERPLEXITY, response: LOSSES }),
    choiceRecord("likelihood", 1, { request: LIKELIHOOD, response: LOG_LIKELIHOODS }),
  ];
  const task = { title, groups: [HOSTILE], notes: [HOSTILE, HOSTILE_TABLE], planned: 7 };
  return runOf([resultOf(benchmark, [taskWith(HOSTILE_TABLE, records, task)])], {
    model: { name: HOSTILE, fingerprint: HOSTILE_TABLE },
    version: HOSTILE,
    limit: 7,
  });
}

/** A run of as many samples as MMLU has. */
export function largeRun(): RunResult {
  const tasks = Array.from({ length: 57 }, (_, i) => taskOf(`subject_${i}`, mixedMarks(246, 540, i)));
  return runOf([resultOf(exams, tasks)], { model: { name: "large", fingerprint: "00" } });
}

/** A run of which three of four prompts of MMLU, and none of C-Eval, lost their beginning. */
export function cutRun(): RunResult {
  const records = [5, 0, 7, 1].map((truncatedTokens, row) =>
    choiceRecord(`anatomy/test/${row}`, 1, {
      response: { kind: "letters", scores: [2, 1, 0, -1], truncatedTokens },
    }),
  );
  return runOf([
    resultOf(exams, [taskWith("anatomy", records)]),
    resultOf(ceval, [taskOf("law", marksOf(1, 2))]),
  ]);
}

/** A run with nothing but right and wrong, for worked examples: 6 of 10 in MMLU. */
export function smallRun(): RunResult {
  return runOf([resultOf(exams, [taskOf("anatomy", marksOf(6, 10), { groups: ["STEM"] })])]);
}
