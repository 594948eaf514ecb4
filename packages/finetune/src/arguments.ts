/** Arguments of a run alone: what a command line needs before anything is trained, without the runtime that trains. */
export {
  trainingArgumentsSchema,
  type ArgumentSchema,
  type ArgumentsSchema,
  type TrainingArgumentName,
} from "./trainer/arguments-schema.ts";
export {
  newerNames,
  parseTrainingArguments,
  TrainingArgumentError,
  type TrainingArguments,
} from "./trainer/training-arguments.ts";
