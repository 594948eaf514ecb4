import { PieceType } from "../model-file/sentencepiece-model.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** What each token stands for in a text: `▁` as a space, control pieces as nothing; made when first asked. */
export class PieceTexts {
  readonly vocabulary: Vocabulary;
  readonly #texts: (string | undefined)[];

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.#texts = Array.from({ length: vocabulary.size });
  }

  get(tokenId: number): string {
    return (this.#texts[tokenId] ??= this.#make(tokenId));
  }

  #make(tokenId: number): string {
    const type = this.vocabulary.typeOf(tokenId);
    if (type === PieceType.control) return "";
    if (type === PieceType.unknown) return this.vocabulary.model.trainer.unkSurface;
    return this.vocabulary.piece(tokenId).replaceAll("▁", " ");
  }
}
