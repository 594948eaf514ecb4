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
export { benchmarks, findBenchmark } from "./benchmarks/benchmarks.ts";
export { cevalSubmission, type CevalSubmission } from "./benchmarks/ceval/ceval-submission.ts";
export { createFlores } from "./benchmarks/flores/flores.ts";
export type { SentencePair } from "./benchmarks/flores/flores-prompt.ts";
export type { ShotRetriever } from "./benchmarks/flores/shot-retriever.ts";
export { BleuError, type BleuFacts } from "./bleu/bleu-error.ts";
export {
  bleuInterval,
  pairedBootstrap,
  type BleuInterval,
  type BootstrapOptions,
  type PairedBootstrap,
} from "./bleu/bootstrap.ts";
export {
  bleuOfStatistics,
  type BleuScore,
  type BleuScoring,
  type BleuSmoothing,
} from "./bleu/bleu-score.ts";
export type { BleuStatistics } from "./bleu/bleu-statistics.ts";
export { BLEU_TOKENIZERS, toBleuTokenizer, type BleuTokenizer } from "./bleu/bleu-tokenizer.ts";
export {
  bleuSignature,
  corpusBleu,
  corpusStatistics,
  sentenceBleu,
  type BleuOptions,
} from "./bleu/corpus-bleu.ts";
export { CodeExecutionError, type CodeExecutionFacts } from "./code/code-execution-error.ts";
export {
  createPythonRunner,
  type PythonRunnerOptions,
  type SandboxedPython,
} from "./code/create-python-runner.ts";
export type { PythonOutcome, PythonProgram, PythonRunner } from "./code/python-runner.ts";
export { checkData, type DataCheck } from "./data/check-data.ts";
export { EvalOptionError } from "./options/eval-option-error.ts";
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
export { checkpointFingerprint, type LoadFacts } from "./models/checkpoint-fingerprint.ts";
export type { EndpointTokenizer } from "./models/endpoint/endpoint-prompts.ts";
export { EndpointError } from "./models/endpoint-error.ts";
export { EndpointModel, type EndpointModelOptions } from "./models/endpoint-model.ts";
export { EngineModel, type EngineModelOptions } from "./models/engine-model.ts";
export { LetterError } from "./models/letter-error.ts";
export {
  PUBLISHED_MODELS,
  PublishedModelError,
  publishedModelOf,
  publishedScore,
  README_SOURCES,
  README_TABLES,
} from "./published/published-scores.ts";
export type {
  PublishedColumn,
  PublishedRows,
  PublishedTable,
} from "./published/published-table.ts";
export {
  README_MEMORY,
  README_QUANTIZATION,
  type PublishedMemory,
  type WeightBits,
} from "./published/readme-quantization.ts";
export {
  checkpointCurve,
  checkpointTokens,
  type CheckpointCurve,
  type CheckpointRun,
  type CurveBenchmark,
  type CurvePoint,
} from "./report/checkpoints/checkpoint-curve.ts";
export { csvCheckpoints, markdownCheckpoints } from "./report/checkpoints/checkpoint-files.ts";
export { htmlCheckpoints } from "./report/checkpoints/html-checkpoints.ts";
export type { DiffOptions, RunNames } from "./report/diff/diff-table.ts";
export { htmlDiff, type HtmlDiffOptions } from "./report/diff/html-diff.ts";
export { markdownDiff, type MarkdownDiffOptions } from "./report/diff/markdown-diff.ts";
export { csvReport } from "./report/files/csv-report.ts";
export {
  jsonReport,
  reportJson,
  type BenchmarkJson,
  type ReportJson,
  type ScoresJson,
  type TaskJson,
} from "./report/files/json-report.ts";
export { markdownReport, type MarkdownReportOptions } from "./report/files/markdown-report.ts";
export { htmlReport, type HtmlReportOptions } from "./report/html/html-report.ts";
export type { ReportLanguage } from "./report/labels/report-labels.ts";
export {
  csvQuantization,
  htmlQuantization,
  markdownQuantization,
  type QuantizationOptions,
} from "./report/quantization/quantization-files.ts";
export {
  quantizationTable,
  type QuantizationCell,
  type QuantizationRow,
  type QuantizationTable,
  type QuantizedRun,
} from "./report/quantization/quantization-table.ts";
export type { ReportOptions } from "./report/table/report-options.ts";
export type { BenchmarkResult, RunFacts, RunResult, SampleRecord, TaskResult } from "./results.ts";
export { EvalRunError } from "./runner/eval-run-error.ts";
export { evaluate, type EvaluateOptions, type EvaluationEvent } from "./runner/evaluate.ts";
export type { JournalLine } from "./runner/journal-line.ts";
export { mergeRuns } from "./runner/merge-runs.ts";
export {
  planRun,
  type BenchmarkChoice,
  type PlannedSample,
  type PlanOptions,
  type RunChoice,
  type RunPlan,
} from "./runner/plan-run.ts";
export { readRun } from "./runner/read-run.ts";
export { remainingSamples } from "./runner/remaining-samples.ts";
export { ResponseCache } from "./runner/response-cache.ts";
export type { RunManifest } from "./runner/run-manifest.ts";
export type { CombinedScores } from "./scores/combine-tasks.ts";
export {
  compareRuns,
  type BenchmarkComparison,
  type Change,
  type NamedDifference,
  type RunComparison,
} from "./scores/compare/compare-runs.ts";
export type { Difference, SignificanceTest } from "./scores/compare/difference.ts";
export type { Pair, Unpaired } from "./scores/compare/pair-tasks.ts";
export type { Interval } from "./scores/interval.ts";
export {
  scoreBenchmark,
  scoreRun,
  type BenchmarkScores,
  type RunScores,
  type ScoreOptions,
} from "./scores/score-run.ts";
export type { TaskScores } from "./scores/score-task.ts";
export type { Counts, Score } from "./scores/score.ts";
