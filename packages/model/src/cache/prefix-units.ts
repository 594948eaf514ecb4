/** Where a text may be cut for sharing its beginning. */
export interface PrefixUnits {
  /** The last cut at or before a length. */
  floor(length: number): number;
  /** The first cut after another cut. */
  next(cut: number): number;
}

/** Cuts after every token. */
export const everyToken: PrefixUnits = { floor: (length) => length, next: (cut) => cut + 1 };
