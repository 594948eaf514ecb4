import type { ChatMessage } from "../chat-message.ts";

/** One conversation with what the original makes of it. */
export interface ChatCase {
  readonly name: string;
  /** As a caller may send them: fields may be missing, roles unknown. */
  readonly messages: readonly ChatMessage[];
  readonly max_new_tokens: number | null;
  readonly model_max_length: number;
  readonly expect: { readonly ids: number[] } | { readonly error: string };
  /** Where the Hugging Face class of transformers <= 4.33 gives other ids. */
  readonly expect_hf_slow_tokenizer?: { readonly ids: number[] };
}

/** `chat_prompts.json` beside this file: the golden cases and what the tokenizer makes of their texts. */
export interface ChatFixture {
  readonly note: Readonly<Record<string, string>>;
  /** Text to ids, plain SentencePiece. */
  readonly encodings: Readonly<Record<string, number[]>>;
  /** Only the texts that the Hugging Face class encodes otherwise. */
  readonly hfSlowEncodings: Readonly<Record<string, number[]>>;
  readonly cases: readonly ChatCase[];
}

/** Ids and defaults of the Chat checkpoints. */
export const chatConfig = { userTokenId: 195, assistantTokenId: 196, maxNewTokens: 2048 };
