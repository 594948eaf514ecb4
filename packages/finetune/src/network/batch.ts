/** Label of a position that does not count (PyTorch's `ignore_index`). */
export const IGNORED = -100;

/** Texts that run together, padded to one length. */
export interface Batch {
  /** B texts of N ids, row-major. */
  readonly inputIds: Int32Array;
  /** As `inputIds`: the id that each position itself has as label, or `IGNORED`; the network shifts them. */
  readonly labels: Int32Array;
  /** As `inputIds`: 0 for padding. With packing the number of the text within its row, from 1. */
  readonly segments: Int32Array;
  /** N. */
  readonly length: number;
}

/** Added to the score of a key that a row may not see: float32's lowest finite number. */
const MASKED = -3.4028234663852886e38;

/** Texts in a batch. */
export function batchSize({ inputIds, length }: Batch): number {
  return inputIds.length / length;
}

/** What each position has to predict: the next one's label; the last of a text has none. */
export function shiftedLabels({ labels, length }: Batch): Int32Array {
  return labels.map((_, i) => ((i + 1) % length === 0 ? IGNORED : (labels[i + 1] ?? IGNORED)));
}

/**
 * 0 where position i of a text may see position j, `[B, 1, N, N]`: earlier ones and itself, of its own segment.
 *
 * @param paddingSees - Whether padding sees the text before it, as in the original's 7B; in its 13B it sees nothing, which is
 * everything alike. Only a z-loss can tell: it counts padding too.
 */
export function attentionMask(
  { segments, length: N }: Batch,
  { paddingSees }: { readonly paddingSees: boolean },
): Float32Array {
  const mask = new Float32Array(segments.length * N).fill(MASKED);
  for (let row = 0; row < segments.length; row++) {
    const first = row - (row % N);
    const own = segments[row] ?? 0;
    for (let key = first; key <= row; key++) {
      const other = segments[key] ?? 0;
      const isSeen = other !== 0 && (own === 0 ? paddingSees : own === other);
      if (isSeen) mask[row * N + (key - first)] = 0;
    }
  }
  return mask;
}

/**
 * Position of each token in its own text; `[T]`. A token with the padding's id counts like any other, as in the original: only
 * the mask leaves it out.
 */
export function tokenPositions({ segments, length: N }: Batch): Int32Array {
  const positions = new Int32Array(segments.length);
  let text = 0;
  for (let row = 0; row < segments.length; row++) {
    const segment = segments[row] ?? 0;
    const isFirst = row % N === 0;
    const startsText = segment !== 0 && !isFirst && text !== 0 && segment !== text;
    positions[row] = isFirst || startsText ? 0 : (positions[row - 1] ?? 0) + 1;
    if (isFirst || segment !== 0) text = segment;
  }
  return positions;
}
