/** A token id that the network has no embedding for. */
export class TokenIdError extends Error {
  override readonly name = "TokenIdError";
  readonly code = "ERR_TOKEN_ID";
  readonly tokenId: number;
  readonly vocabSize: number;

  constructor(tokenId: number, vocabSize: number) {
    super(
      `tokenIds: expected integers from 0 to ${vocabSize - 1}, got ${tokenId} (is it the model's own tokenizer?)`,
    );
    this.tokenId = tokenId;
    this.vocabSize = vocabSize;
  }
}
