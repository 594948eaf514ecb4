export { DataError } from "./data/data-error.ts";
export { parseExample, type Example, type Turn } from "./data/example.ts";
export { encodeExample, type ConversationIds, type EncodedExample } from "./data/encode-example.ts";
export { readExamples } from "./data/read-examples.ts";
export {
  finetune,
  type FinetuneOptions,
  type TrainingEvent,
  type TrainingResult,
} from "./trainer/finetune.ts";
export type { RunLength } from "./trainer/run-length.ts";
export type { StepResult } from "./trainer/step-runner.ts";
export {
  parseTrainingArguments,
  TrainingArgumentError,
  type TrainingArguments,
} from "./trainer/training-arguments.ts";
export { TrainingError } from "./trainer/training-error.ts";
