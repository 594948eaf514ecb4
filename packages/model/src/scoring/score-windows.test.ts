import fc from "fast-check";
import { expect, it } from "vitest";
import { scoreWindows } from "./score-windows.ts";

it("windows overlap by what the stride leaves, and score what is new", () => {
  expect(scoreWindows(6, 4, 2)).toEqual([
    { start: 0, end: 4, from: 1 },
    { start: 2, end: 6, from: 2 },
  ]);
  expect(scoreWindows(3, 8, 4)).toEqual([{ start: 0, end: 3, from: 1 }]);
});

it("every token but the first of a window that starts anew is scored once, in order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 2, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      (length, window, wanted) => {
        const stride = Math.min(wanted, window);
        const windows = scoreWindows(length, window, stride);
        const scored = windows.flatMap(({ start, end, from }) =>
          Array.from({ length: end - start - from }, (_, i) => start + from + i),
        );
        const skipped = stride === window ? windows.slice(1).map(({ start }) => start) : [];
        const all = Array.from({ length: length - 1 }, (_, i) => i + 1);
        expect(scored).toEqual(all.filter((token) => !skipped.includes(token)));
        for (const { start, end } of windows) expect(end - start).toBeLessThanOrEqual(window);
      },
    ),
  );
});
