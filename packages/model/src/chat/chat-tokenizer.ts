/**
 * The part of a tokenizer that chat needs; the `Tokenizer` of @baichuan2/tokenizer fits.
 */
export interface ChatTokenizer {
  /**
   * Ids of a text, nothing added. `specialTokens` tells what the literal text of a special or reserved
   * token in it is: ordinary text, or the token itself.
   */
  encode(text: string, options: { specialTokens: "text" | "parse" }): ArrayLike<number>;
  decode(tokenIds: readonly number[], options: { skipSpecialTokens: boolean }): string;
}
