/** Kinds of pieces, with the numbers of SentencePiece's `ModelProto.SentencePiece.Type`. */
export const PieceType = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/** Segmentation algorithms, with the numbers of SentencePiece's `TrainerSpec.ModelType`. */
export const ModelType = { unigram: 1, bpe: 2, word: 3, char: 4 } as const;

/** What `TrainerSpec` says about using the model. */
export interface TrainerSpec {
  modelType: number;
  treatWhitespaceAsSuffix: boolean;
  byteFallback: boolean;
  /** What an unknown token decodes to. */
  unkSurface: string;
  bosPiece: string;
  eosPiece: string;
  padPiece: string;
}

/** What happens to a text before it is split. */
export interface NormalizerSpec {
  name: string;
  /** Size of the compiled character rules (NFKC and the like); 0 means identity. */
  charsmapBytes: number;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
}

/** The pieces of a model, in typed arrays: 100,000 small objects would take most of the load time. */
export interface Pieces {
  readonly count: number;
  /** One of {@link PieceType} per piece. */
  readonly types: Uint8Array;
  readonly scores: Float32Array;
  /** UTF-16 code units of all pieces, one after the other. */
  readonly units: Uint16Array;
  /** Piece `id` is `units[offsets[id] … offsets[id + 1])`. */
  readonly offsets: Uint32Array;
  /** Offset in the file of the byte that holds the piece's type; 0 where the file leaves it out. */
  readonly typePositions: Uint32Array;
}

/** A parsed `tokenizer.model`. */
export interface SentencePieceModel {
  readonly pieces: Pieces;
  readonly trainer: TrainerSpec;
  readonly normalizer: NormalizerSpec;
  /** Size of the compiled character rules applied after decoding; 0 for none. */
  readonly denormalizerBytes: number;
}
