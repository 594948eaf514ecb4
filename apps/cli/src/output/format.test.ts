import { expect, it } from "vitest";
import { formatRows } from "./format.ts";

it("rows have the cells of a column below each other, and no blanks at their end", () => {
  const rows = [
    ["", "A", "B"],
    ["dtype", "float32", ""],
    ["x", "1"],
  ];
  expect(formatRows(rows)).toBe("       A        B\ndtype  float32\nx      1\n");
});

it("Chinese characters of a row take two columns", () => {
  const rows = [
    ["路径", "a"],
    ["Format", "b"],
  ];
  expect(formatRows(rows)).toBe("路径    a\nFormat  b\n");
});
