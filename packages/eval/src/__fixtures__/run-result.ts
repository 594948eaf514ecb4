import type { Benchmark, Grade, Task } from "../benchmark.ts";
import type { EvalRequest, EvalResponse } from "../eval-request.ts";
import type { BenchmarkResult, RunResult, SampleRecord, TaskResult } from "../results.ts";

/** A benchmark that nobody loads. */
export function benchmarkOf(
  name: string,
  given: Partial<Benchmark> = {},
): Benchmark {
  return {
    name,
    title: { en: name.toUpperCase(), zh: `${name} 测试` },
    category: "general",
    recipes: { readme: { shots: 5, description: { en: "As published", zh: "按发布的做法" } } },
    options: [],
    source: { url: "https://example.org", steps: { en: "–", zh: "–" }, licence: "MIT" },
    files: [],
    aggregation: "micro",
    groups: {},
    load: () => Promise.reject(new Error("not loaded here")),
    ...given,
  };
}

/** Grades: `1` right, `0` wrong, `-` no answer, `?` nobody knows, and anything between 0 and 1. */
export type Mark = number | "-" | "?";

function gradeOf(mark: Mark): Grade {
  if (mark === "?") return { answer: "B", gold: null, score: null };
  if (mark === "-") return { answer: null, gold: "A", score: 0 };
  return { answer: mark === 1 ? "A" : "B", gold: "A", score: mark };
}

/** A record of a sample with options A to D. */
export function choiceRecord(
  id: string,
  mark: Mark,
  given: Partial<SampleRecord> = {},
): SampleRecord {
  const question = `Question ${id}?\nA. one\nB. two\nC. three\nD. four`;
  const prompt = `Header of the task.\n\nShot?\nA. a\nB. b\nC. c\nD. d\nAnswer: A\n\n${question}\nAnswer:`;
  return {
    benchmark: "made-up",
    task: id.split("/")[0] ?? "",
    id,
    question,
    request: { kind: "letters", prompt, letters: ["A", "B", "C", "D"], ids: "bare" },
    response: { kind: "letters", scores: [2, 3, -1, 0.5], truncatedTokens: 0 },
    grade: gradeOf(mark),
    ...given,
  };
}

/** A record of a generated answer. */
export function generationRecord(id: string, text: string, given: Partial<SampleRecord> = {}) {
  const request: EvalRequest = {
    kind: "generate",
    prompt: `Question: ${id}\nAnswer:`,
    maxNewTokens: 512,
    stop: [],
  };
  const response: EvalResponse = {
    kind: "generate",
    texts: [text],
    finishReasons: ["stop"],
    truncatedTokens: 0,
  };
  return choiceRecord(id, 0, { question: id, request, response, ...given });
}

type GivenTask = Partial<Omit<Task, "samples"> & Pick<TaskResult, "planned" | "corpusScore">>;

/** What of a task was answered: all of it, unless `planned` says more. */
export function taskOf(
  name: string,
  marks: readonly Mark[],
  given: GivenTask = {},
): TaskResult {
  const { planned = marks.length, ...task } = given;
  const records = marks.map((mark, row) => choiceRecord(`${name}/test/${row}`, mark));
  return taskWith(name, records, { planned, ...task });
}

/** A task of given records. */
export function taskWith(
  name: string,
  records: readonly SampleRecord[],
  given: GivenTask = {},
): TaskResult {
  const { planned = records.length, corpusScore, ...task } = given;
  const title = { en: name.replaceAll("_", " "), zh: `${name} 科目` };
  return { task: { name, title, groups: [], ...task }, corpusScore, planned, records };
}

/** `right` samples that are right, of `n`. */
export function marksOf(right: number, n: number): Mark[] {
  return Array.from({ length: n }, (_, i) => (i < right ? 1 : 0));
}

/** Hash of the data of made-up benchmarks: 64 hexadecimal digits. */
export const DATA_HASH = "0123456789abcdef".repeat(4);

/** What of a benchmark was answered. */
export function resultOf(
  benchmark: Benchmark,
  tasks: readonly TaskResult[],
  given: Partial<BenchmarkResult> = {},
): BenchmarkResult {
  return { benchmark, recipe: "readme", options: {}, dataHash: DATA_HASH, tasks, ...given };
}

/** A run. */
export function runOf(
  benchmarks: readonly BenchmarkResult[],
  given: Partial<RunResult["facts"]> = {},
): RunResult {
  return {
    facts: { model: { name: "made-up", fingerprint: "0123abcd" }, version: "0.0.0", ...given },
    benchmarks,
  };
}
