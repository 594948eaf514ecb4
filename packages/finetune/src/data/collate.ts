import { IGNORED, type Batch } from "../network/batch.ts";
import type { EncodedExample } from "./encode-example.ts";

/** How rows become a batch. */
export interface CollateOptions {
  /** Rows are padded to it, or to a shorter length that all fit. */
  readonly maxLength: number;
  /** Id that padding has. A token with this id counts as padding wherever it stands, as in the original. */
  readonly padTokenId: number;
  /** Pads to `maxLength` whatever the rows are: a z-loss counts padding. */
  readonly padsToMax?: boolean | undefined;
}

/** Rows are padded to multiples of this at least. */
const LENGTH_STEP = 32;

/** Lengths that batches may have: each needs sessions of its own, of which few are kept. */
const MAX_LENGTHS = 8;

/** A row of a batch: one text, or several packed behind each other. */
export type BatchRow = readonly EncodedExample[];

/**
 * Puts rows side by side, padded on the right.
 *
 * @param rows - Texts of each row; none longer than `maxLength` together.
 */
export function collate(
  rows: readonly BatchRow[],
  { maxLength, padTokenId, padsToMax = false }: CollateOptions,
): Batch {
  const longest = Math.max(...rows.map(rowLength));
  const length = padsToMax ? maxLength : paddedLength(longest, maxLength);
  const size = rows.length * length;
  const batch = {
    inputIds: new Int32Array(size).fill(padTokenId),
    labels: new Int32Array(size).fill(IGNORED),
    segments: new Int32Array(size),
    length,
  };
  for (const [index, row] of rows.entries()) {
    let place = index * length;
    for (const [text, { inputIds, labels }] of row.entries()) {
      batch.inputIds.set(inputIds, place);
      batch.labels.set(labels, place);
      // The label of a text's first token would be what the text before it has to predict.
      if (text > 0) batch.labels[place] = IGNORED;
      for (let i = 0; i < inputIds.length; i++)
        batch.segments[place + i] = inputIds[i] === padTokenId ? 0 : text + 1;
      place += inputIds.length;
    }
  }
  return batch;
}

/** Length that rows of up to so many tokens are padded to. */
export function paddedLength(longest: number, maxLength: number): number {
  const step = LENGTH_STEP * Math.ceil(maxLength / MAX_LENGTHS / LENGTH_STEP);
  return Math.min(maxLength, Math.ceil(longest / step) * step);
}

/** Tokens of a row. */
export function rowLength(row: BatchRow): number {
  return row.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
}

/**
 * Packs texts into rows: each into the first row that it fits in, so that less is padding.
 *
 * @returns the rows, in the order of their first texts.
 */
export function packRows(texts: readonly EncodedExample[], maxLength: number): BatchRow[] {
  const rows: { texts: EncodedExample[]; room: number }[] = [];
  for (const text of texts) {
    const needed = text.inputIds.length;
    const row = rows.find(({ room }) => room >= needed);
    if (row) {
      row.texts.push(text);
      row.room -= needed;
    } else rows.push({ texts: [text], room: maxLength - needed });
  }
  return rows.map((row) => row.texts);
}
