import type { BenchmarkOptions, Grade, GradeTools, Sample } from "../benchmark.ts";
import type { EvalResponse, GenerateRequest } from "../eval-request.ts";
import { DEFAULT_SEED } from "../random/random-source.ts";
import { CodeExecutionError } from "./code-execution-error.ts";
import { PASS_AT, passAtK } from "./pass-at-k.ts";
import type { PythonOutcome, PythonProgram, PythonRunner } from "./python-runner.ts";

/** A problem whose answers are programs. */
export interface CodeSampleParts {
  readonly benchmark: string;
  readonly id: string;
  readonly question: string;
  /** A solution; answers are not compared with it. */
  readonly gold: string;
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly sampling: GenerateRequest["sampling"];
  /** The code in an answer. */
  readonly codeOf: (text: string) => string;
  /** The code with its tests. */
  readonly programOf: (code: string) => PythonProgram;
  /** What the benchmark calls an outcome. */
  readonly noteOf: (outcome: PythonOutcome) => string;
}

/** Of samples that are drawn; human-eval's paper has it. */
const TOP_P = 0.95;

/** What an answer is where it is all code. */
export const asWritten = (text: string): string => text;

/** Longest note. */
const MAX_NOTE = 200;

/** How answers are drawn: `samples` of them at `temperature`; undefined: one, the likeliest token each time. */
export function samplingOf({
  samples: n = 1,
  temperature,
  seed = DEFAULT_SEED,
}: BenchmarkOptions): GenerateRequest["sampling"] {
  if (n === 1 && temperature === undefined) return undefined;
  return { n, temperature: temperature ?? 0.8, topP: TOP_P, seed };
}

/**
 * A sample that is graded by running its answers. Its score is the part of them that pass, which is pass@1; several
 * answers have pass@k beside it.
 */
export function codeSample(parts: CodeSampleParts): Sample {
  const { id, question, prompt, maxNewTokens, stop, sampling } = parts;
  return {
    id,
    question,
    basis: () => parts.programOf("").source,
    request: () => ({
      kind: "generate",
      prompt,
      maxNewTokens,
      stop,
      ...(sampling && { sampling }),
    }),
    grade: (response, tools) => grade(parts, response, tools),
  };
}

async function grade(
  parts: CodeSampleParts,
  response: EvalResponse,
  { python, signal }: GradeTools,
): Promise<Grade> {
  if (python === undefined) throw notAllowed(parts.benchmark);
  const texts = response.kind === "generate" ? response.texts : [];
  const codes = texts.map((text) => parts.codeOf(text));
  const outcomes = await runAll(python, codes.map(parts.programOf), signal);
  const passed = outcomes.filter(({ status }) => status === "passed").length;
  const scores = PASS_AT.filter((k) => texts.length > 1 && k <= texts.length);
  return {
    answer: codes[0] ?? null,
    gold: parts.gold,
    score: texts.length === 0 ? 0 : passed / texts.length,
    ...(scores.length > 0 && {
      others: Object.fromEntries(
        scores.map((k) => [`pass@${k}`, passAtK(texts.length, passed, k)]),
      ),
    }),
    note: noteOf(parts, outcomes, passed),
  };
}

async function runAll(
  python: PythonRunner,
  programs: readonly PythonProgram[],
  signal: AbortSignal | undefined,
): Promise<PythonOutcome[]> {
  return await Promise.all(programs.map((program) => python.run(program, { signal })));
}

/** Addresses differ in each run, and what is noted should not. */
function noteOf(
  { noteOf: nameOf }: CodeSampleParts,
  outcomes: readonly PythonOutcome[],
  passed: number,
): string {
  const [first, second] = outcomes;
  if (first === undefined) return "no answer";
  if (second !== undefined) return `${passed} of ${outcomes.length} passed`;
  return nameOf(first)
    .replaceAll(/\b0x[0-9a-f]+/g, "0x…")
    .slice(0, MAX_NOTE);
}

function notAllowed(benchmark: string): CodeExecutionError {
  return new CodeExecutionError({
    where: benchmark,
    expected: "permission to run programs that a model wrote",
    actual: "none",
    hint: "--allow-code-execution gives it; they run in a sandbox of bubblewrap",
  });
}
