import fc from "fast-check";
import { expect, it } from "vitest";
import { textWindows } from "./text-windows.ts";

it("a text is cut into windows, the last one shorter", () => {
  expect(textWindows([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
});

it("a text or window without a prediction is refused", () => {
  expect(() => textWindows([1], 8)).toThrow("expected a text of at least 2 tokens, got 1");
  for (const window of [1, 0, 2.5, NaN])
    expect(() => textWindows([1, 2], window)).toThrow("expected a window of at least 2 tokens");
});

it("windows in a row are the text, with the documented number of predictions", () => {
  const lengths = fc.integer({ min: 2, max: 300 });
  fc.assert(
    fc.property(lengths, lengths, (T, W) => {
      const text = Array.from({ length: T }, (_, t) => t);
      const windows = textWindows(text, W);
      expect(windows.flat()).toEqual(text);
      const predictions = windows.reduce((sum, { length }) => sum + length - 1, 0);
      expect(predictions).toBe(T - Math.ceil(T / W));
    }),
  );
});
