export type { ReadOptions } from "../read-model-file.ts";
export {
  createSentencePieceTokenizer,
  type SentencePieceTokenizer,
} from "./sentencepiece-tokenizer.ts";
