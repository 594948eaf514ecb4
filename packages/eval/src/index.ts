export type {
  Aggregation,
  AnswerMode,
  Benchmark,
  BenchmarkOptions,
  Category,
  CorpusScore,
  DataFile,
  DataSource,
  Grade,
  GradeTools,
  LoadOptions,
  OptionName,
  PromptTools,
  Recipe,
  RecipeName,
  Sample,
  Task,
  Title,
} from "./benchmark.ts";
export { mmlu } from "./benchmarks/mmlu/mmlu.ts";
export type { PythonOutcome, PythonProgram, PythonRunner } from "./code/python-runner.ts";
export { EvalDataError, type EvalDataFacts } from "./data/eval-data-error.ts";
export type { AnswerOptions, EvalModel } from "./eval-model.ts";
export type {
  EvalRequest,
  EvalResponse,
  GenerateRequest,
  GenerateResponse,
  LetterIds,
  LettersRequest,
  LettersResponse,
  LogLikelihoodRequest,
  LogLikelihoodResponse,
  PerplexityRequest,
  PerplexityResponse,
  ResponseTo,
  Truncated,
} from "./eval-request.ts";
