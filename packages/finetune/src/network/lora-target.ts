/** An adapter of one linear: `y = W · x + scaling · B · A · dropout(x)`. */
export interface LoraTarget {
  /** r: rows of A, columns of B. */
  readonly rank: number;
  /** `alpha / r`, or `alpha / √r` for rsLoRA. */
  readonly scaling: number;
  /** Share of the inputs that are left out in training; 0 to below 1. */
  readonly dropout: number;
}
