import { describe, expect, it } from "vitest";
import { attentionMask, shiftedLabels, tokenPositions } from "../network/batch.ts";
import { collate, packRows, rowLength } from "./collate.ts";
import type { EncodedExample } from "./encode-example.ts";

const text = (...ids: number[]): EncodedExample => ({ inputIds: ids, labels: ids });
const options = { maxLength: 64, padTokenId: 0 };

describe("a batch", () => {
  it("is padded to the next step that all rows fit in, or to the longest allowed", () => {
    const rows = [[text(1, 2, 3)], [text(4)]];
    const { inputIds, labels, segments, length } = collate(rows, options);
    expect(length).toBe(32);
    expect([0, 1, 2, 3, 32, 33].map((i) => inputIds[i])).toEqual([1, 2, 3, 0, 4, 0]);
    expect([0, 1, 2, 3, 33].map((i) => labels[i])).toEqual([1, 2, 3, -100, -100]);
    expect([0, 1, 2, 3, 32].map((i) => segments[i])).toEqual([1, 1, 1, 0, 1]);
    expect(collate(rows, { ...options, maxLength: 20 }).length).toBe(20);
    expect(collate(rows, { ...options, padsToMax: true }).length).toBe(64);
  });

  it("takes the padding's id for padding wherever it stands, as the original", () => {
    const batch = collate([[text(1, 0, 2)]], options);
    expect([0, 1, 2].map((i) => batch.segments[i])).toEqual([1, 0, 1]);
    // ... but its place in the text counts
    expect(Array.from(tokenPositions(batch)).slice(0, 4)).toEqual([0, 1, 2, 3]);
  });
});

describe("packed texts", () => {
  it("fill rows, none beyond its length", () => {
    const texts = [5, 3, 4, 2, 6].map((size) => text(...Array<number>(size).fill(1)));
    const rows = packRows(texts, 8);
    expect(rows.map((row) => row.map(({ inputIds }) => inputIds.length))).toEqual([
      [5, 3],
      [4, 2],
      [6],
    ]);
    expect(Math.max(...rows.map(rowLength))).toBeLessThanOrEqual(8);
  });

  it("see only themselves, from position 0, and none has to predict the next one's start", () => {
    const batch = collate([[text(1, 2), text(3, 4, 5)]], { ...options, maxLength: 6 });
    const mask = attentionMask(batch, { paddingSees: true });
    const seen = Array.from({ length: 5 }, (_, row) =>
      [0, 1, 2, 3, 4].filter((key) => mask[row * 6 + key] === 0),
    );
    expect(seen).toEqual([[0], [0, 1], [2], [2, 3], [2, 3, 4]]);
    expect(Array.from(tokenPositions(batch)).slice(0, 5)).toEqual([0, 1, 0, 1, 2]);
    expect(Array.from(shiftedLabels(batch))).toEqual([2, -100, 4, 5, -100, -100]);
  });
});
