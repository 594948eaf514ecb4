/** How literals of special tokens in a text are encoded; see {@link EncodeOptions.specialTokens}. */
export type SpecialTokenMode = "text" | "parse" | "error";

/**
 * Whose behaviour is followed where two layers of the original stack differ:
 * `"sentencepiece"` is the bare library, `"hf-slow"` the `BaichuanTokenizer` class of the published
 * repositories under transformers <= 4.33, which handles `<s>`, `</s>` and `<unk>` itself.
 */
export type Compat = "sentencepiece" | "hf-slow";

/** How a text is encoded; see {@link Tokenizer.encode}. */
export interface EncodeOptions {
  /**
   * What to do with literals of special tokens in the text. Special are the control and unknown pieces
   * (`<s>`, `</s>`, `<unk>`) and the user-defined pieces that name a marker (`<reserved_106>`, `<SEP>`);
   * user-defined pieces that are ordinary text (newline, tab, digits, punctuation, HTML tags) are not.
   *
   * - `"text"` (default): plain characters. No text, whoever wrote it, yields the id of a special token.
   * - `"parse"`: as the original. Bare SentencePiece turns `<reserved_106>` into its id and leaves
   *   `</s>` text; with `compat: "hf-slow"` `<s>`, `</s>` and `<unk>` become ids too.
   * - `"error"`: throws a {@link TokenizerError} that names the first literal and its offset.
   */
  readonly specialTokens?: SpecialTokenMode;
  /** Which layer `"parse"` follows; the other modes do not depend on it. Default `"sentencepiece"`. */
  readonly compat?: Compat;
}

/** How token ids are decoded; see {@link Tokenizer.decode} and {@link Tokenizer.createDecoder}. */
export interface DecodeOptions {
  /**
   * Drops control and unknown tokens (`<s>`, `</s>`, `<unk>`) before decoding. As in Hugging Face's
   * class, user-defined markers such as `<reserved_106>` are not dropped: they decode to their literal.
   * Default `false`.
   */
  readonly skipSpecialTokens?: boolean;
  /**
   * How control and unknown tokens that are not skipped are written. `"sentencepiece"` (default): control
   * tokens as nothing, unknown as ` ⁇ `. `"hf-slow"`: as literals, with that class's space rule.
   */
  readonly compat?: Compat;
}

/** Turns token ids that come one by one into text, without decoding any of them twice. */
export interface StreamingDecoder {
  /**
   * Takes the next token.
   *
   * @returns the text that has become certain with it: all but an incomplete UTF-8 sequence of at most
   * three byte tokens. Takes constant time.
   * @throws {TokenizerError} if the id is not an integer of the vocabulary.
   */
  push(tokenId: number): string;
  /**
   * Ends the text; the decoder may then be used for a new one.
   *
   * @returns one U+FFFD per byte token that was held back.
   */
  flush(): string;
}

/** Text to token ids and back. */
export interface Tokenizer {
  /** Number of pieces in the model file; ids run from 0 to `vocabSize - 1`. */
  readonly vocabSize: number;
  /** Id of the begin-of-text control piece. Never added by `encode`. */
  readonly bosTokenId: number | undefined;
  /** Id of the end-of-text control piece. Never added by `encode`. */
  readonly eosTokenId: number | undefined;
  /** Id for padding: the pad piece, or, where the model has none (Baichuan2), the unknown piece. */
  readonly padTokenId: number | undefined;
  /** Id of the unknown piece, which stands for characters that the model has no other piece for. */
  readonly unkTokenId: number | undefined;
  /** Id of `<reserved_106>`, which opens a user's turn in Baichuan2's chat format. */
  readonly userTokenId: number | undefined;
  /** Id of `<reserved_107>`, which opens the assistant's turn in Baichuan2's chat format. */
  readonly assistantTokenId: number | undefined;
  /** Every special token (see {@link EncodeOptions.specialTokens}): literal to id. */
  readonly specialTokens: ReadonlyMap<string, number>;

  /**
   * Encodes a text; nothing is added before or after it.
   *
   * @param text - Lone surrogates count as U+FFFD.
   * @throws {TokenizerError} if `text` is not a string, or holds a special token in mode `"error"`.
   */
  encode(text: string, options?: EncodeOptions): number[];
  /**
   * Encodes UTF-8 bytes; each byte that is not part of a valid sequence counts as one U+FFFD.
   *
   * @throws {TokenizerError} as `encode`; offsets count UTF-16 code units of the decoded text.
   */
  encodeBytes(bytes: Uint8Array, options?: EncodeOptions): number[];
  /**
   * Decodes token ids. Byte tokens that do not form valid UTF-8 become one U+FFFD each.
   *
   * @throws {TokenizerError} if an id is not an integer of the vocabulary.
   */
  decode(tokenIds: ArrayLike<number> | Iterable<number>, options?: DecodeOptions): string;
  /**
   * The piece as it stands in the model file, with `▁` (U+2581) for a space.
   *
   * @throws {TokenizerError} if the id is not an integer of the vocabulary.
   */
  idToPiece(tokenId: number): string;
  /** The id of a piece as it stands in the model file; `undefined` if there is none. */
  pieceToId(piece: string): number | undefined;
  /**
   * A decoder for a stream of tokens.
   *
   * @throws {TokenizerError} for `compat: "hf-slow"` without `skipSpecialTokens`: that class puts a space
   * before text it has long written when a special token follows, which no stream can do.
   */
  createDecoder(options?: DecodeOptions): StreamingDecoder;
}
