import type { PrefixUnits } from "../cache/prefix-units.ts";
import type { ModelConfig } from "../config.ts";

/** Rows of one prefill run; more gains nothing on two cores and makes an abort wait longer. */
export const PREFILL_ROWS = 256;

/** Scores of one layer in one run are kept below this: `H · T · (S+T) · 4` bytes. */
const MAX_SCORE_BYTES = 128 * 2 ** 20;

/**
 * How many new rows a run may take after `past` tokens: long contexts get smaller chunks, because the scores grow
 * with both.
 */
export function chunkRows(
  { numAttentionHeads }: Pick<ModelConfig, "numAttentionHeads">,
  past: number,
): number {
  const rows = Math.floor(MAX_SCORE_BYTES / (numAttentionHeads * 4 * (past + PREFILL_ROWS)));
  return Math.max(1, Math.min(PREFILL_ROWS, rows));
}

/** Where a text is cut when it runs from its start in the largest chunks allowed. */
export function prefillCuts(config: Pick<ModelConfig, "numAttentionHeads">): PrefixUnits {
  const next = (cut: number): number => cut + chunkRows(config, cut);
  const floor = (length: number): number => {
    let cut = 0;
    while (next(cut) <= length) cut = next(cut);
    return cut;
  };
  return { floor, next };
}
