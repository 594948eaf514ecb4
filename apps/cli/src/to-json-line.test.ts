import { expect, it } from "vitest";
import { toJsonLine } from "./to-json-line.ts";

it("toJsonLine escapes every character that some reader takes for a line end", () => {
  const text = "a\nb\u0085c\u2028d\u2029e";
  const line = toJsonLine({ text });
  expect(line).toBe('{"text":"a\\nb\\u0085c\\u2028d\\u2029e"}\n');
  expect(JSON.parse(line)).toEqual({ text });
});
