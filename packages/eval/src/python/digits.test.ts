import { expect, it } from "vitest";
import { isDigits, isInteger, toNumber } from "./digits.ts";

it("digits are those of all scripts, raised and circled ones too", () => {
  expect(["12", "٣", "²", "①", "𝟗"].every(isDigits)).toBe(true);
  expect(["", "1 ", "½", "一", "1,000"].some(isDigits)).toBe(false);
});

it("integers are what Python reads as such", () => {
  expect(["-3", "+0", "1_000", "٣"].every(isInteger)).toBe(true);
  expect(["", "²", "1__0", "3.0", "_1"].some(isInteger)).toBe(false);
});

it("numbers of any script have their value", () => {
  expect([toNumber("-٣.٥"), toNumber("１８"), toNumber("𝟎𝟙𝟫")]).toEqual([-3.5, 18, 19]);
});
