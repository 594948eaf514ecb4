import { join } from "node:path";
import { readGenerationConfig, readJsonFile, type ModelConfig } from "@baichuan2/model";
import { fromFile } from "@baichuan2/tokenizer/node";
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
  { eosTokenId, vocabSize }: Pick<ModelConfig, "eosTokenId" | "vocabSize">,
  signal: AbortSignal | undefined,
): Promise<TrainingData> {
  const tokenizer = await fromFile(join(path, "tokenizer.model"), signal ? { signal } : {});
  const where = join(path, "generation_config.json");
  const { userTokenId, assistantTokenId } = readGenerationConfig(await readJsonFile(where), where);
  return readTrainingData(tokenizer, {
    path: args.data_path,
    evaluationPath: args.eval_data_path,
    evaluationShare: args.eval_split,
    maxLength: args.model_max_length,
    packs: args.packing,
    seed: args.seed,
    userTokenId,
    assistantTokenId,
    eosTokenId,
    vocabSize,
    signal,
  });
}
