import { join } from "node:path";
import { readGenerationConfig, readJsonFile, type ModelConfig } from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { fromFile } from "@baichuan2/tokenizer/node";
import type { ConversationIds, EncodeOptions } from "./encode-example.ts";

/** A model's tokenizer, and what its texts are encoded with. */
export interface OpenTokenizer {
  readonly tokenizer: Tokenizer;
  readonly ids: ConversationIds & Pick<EncodeOptions, "vocabSize">;
}

/**
 * Opens the tokenizer of a model, with the special ids of its conversations.
 *
 * @param path - Directory of the model.
 * @throws {TokenizerError | CheckpointError} for what cannot be used.
 */
export async function openTokenizer(
  path: string,
  { eosTokenId, vocabSize }: Pick<ModelConfig, "eosTokenId" | "vocabSize">,
  signal: AbortSignal | undefined,
): Promise<OpenTokenizer> {
  const tokenizer = await fromFile(join(path, "tokenizer.model"), signal ? { signal } : {});
  const where = join(path, "generation_config.json");
  const { userTokenId, assistantTokenId } = readGenerationConfig(await readJsonFile(where), where);
  return { tokenizer, ids: { userTokenId, assistantTokenId, eosTokenId, vocabSize } };
}
