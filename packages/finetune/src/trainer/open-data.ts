import type { ModelConfig } from "@baichuan2/model";
import { openTokenizer } from "../data/open-tokenizer.ts";
import { readTrainingData, type TrainingData } from "./training-data.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/**
 * Reads the data of a run with the tokenizer of a model.
 *
 * @param path - Directory of the model.
 * @throws {DataError | TokenizerError | CheckpointError} for what cannot be used.
 */
export async function openData(
  args: TrainingArguments,
  path: string,
  config: Pick<ModelConfig, "eosTokenId" | "vocabSize">,
  signal: AbortSignal | undefined,
): Promise<TrainingData> {
  const { tokenizer, ids } = await openTokenizer(path, config, signal);
  return readTrainingData(tokenizer, {
    path: args.data_path,
    evaluationPath: args.eval_data_path,
    evaluationShare: args.eval_split,
    maxLength: args.model_max_length,
    packs: args.packing,
    seed: args.seed,
    ...ids,
    signal,
  });
}
