/** Logits of a text. */
export interface Logits {
  /** Row-major `[positions, vocabSize]`. */
  readonly data: Float32Array;
  readonly shape: readonly [number, number];
}

/** What a text is in the network, layer by layer. */
export interface HiddenStates {
  /** `embed`, `layer0` … (after each layer), `final_norm`. */
  readonly names: readonly string[];
  /** One per name; row-major `[T, C]`. */
  readonly states: readonly Float32Array[];
  /** Logits of the same run, `[T, V]`. */
  readonly logits: Logits;
}
