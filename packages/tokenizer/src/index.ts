export type {
  Compat,
  DecodeOptions,
  EncodeOptions,
  SpecialTokenMode,
  StreamingDecoder,
  Tokenizer,
} from "./tokenizer.ts";
export { TokenizerError, type TokenizerErrorFacts } from "./tokenizer-error.ts";
export { BaichuanTokenizer } from "./baichuan-tokenizer.ts";
