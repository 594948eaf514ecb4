import type { Tokenizer } from "@baichuan2/tokenizer";

/** The part of a tokenizer that chat needs. */
export type ChatTokenizer = Pick<Tokenizer, "encode" | "decode">;
