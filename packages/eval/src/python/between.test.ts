import { expect, it } from "vitest";
import { lastBetween, replaceBetween, unwrapWidest } from "./between.ts";

it("a mark ends at the first that closes it, on the same line", () => {
  expect(replaceBetween("(a) (b\n) (c)", "(", ")", (inner) => `<${inner}>`)).toBe("<a> (b\n) <c>");
  expect(replaceBetween("((a)", "(", ")", (inner) => inner)).toBe("(a");
  expect(lastBetween("$a$b$c$ $", "$", "$")).toBe("c");
  expect(lastBetween("$a\n$", "$", "$")).toBeNull();
});

it("the widest reaches from the first mark of a line to the last that closes", () => {
  expect(unwrapWidest("x{a}{b}\n}{c\n{{d}", "{", "}")).toBe("xa}{b\n}{c\n{d");
});
