export { DataError } from "./data/data-error.ts";
export { parseExample, type Example, type Turn } from "./data/example.ts";
export { encodeExample, type ConversationIds, type EncodedExample } from "./data/encode-example.ts";
export { previewExamples, type PreviewedExample, type PreviewSpan } from "./data/preview.ts";
export { readExamples } from "./data/read-examples.ts";
export { finetune, type FinetuneOptions } from "./finetune.ts";
export { htmlReport } from "./report/html/html-report.ts";
export type { ReportLanguage } from "./report/html/labels.ts";
export { jsonlLog } from "./report/jsonl-log.ts";
export { ReportError } from "./report/report-error.ts";
export type { ReportsOptions } from "./report/reports-of.ts";
export { tensorboardReport } from "./report/tensorboard/tensorboard-report.ts";
export type { RunOutcome, TrainingCallback } from "./report/training-callback.ts";
export { withReports, type ReportOptions } from "./report/with-reports.ts";
export type { TrainingEvent, TrainingResult } from "./trainer/finetune.ts";
export {
  trainingArgumentsSchema,
  type ArgumentSchema,
  type ArgumentsSchema,
  type TrainingArgumentName,
} from "./trainer/arguments-schema.ts";
export type { RunLength } from "./trainer/run-length.ts";
export type { StepResult } from "./trainer/step-runner.ts";
export {
  parseTrainingArguments,
  TrainingArgumentError,
  type TrainingArguments,
} from "./trainer/training-arguments.ts";
export { TrainingError } from "./trainer/training-error.ts";
