import { expect, it } from "vitest";
import { isMarker } from "./special-tokens.ts";

it("takes names in brackets for markers", () => {
  for (const piece of [
    "<reserved_106>",
    "<SEP>",
    "<|im_start|>",
    "</think>",
    "<user>",
    "[gMASK]",
    "[/INST]",
  ])
    expect(isMarker(piece), piece).toBe(true);
});

it("takes HTML tags, punctuation, digits and whitespace for text", () => {
  const text = [
    "<td>",
    "<td/>",
    "</td>",
    "<!DOCTYPE>",
    "<!--",
    "-->",
    "...",
    "１",
    "\n",
    "<",
    "［",
    "[]",
  ];
  for (const piece of [...text, "<>", "▁</>\n", "[...]\n", "<a b>"])
    expect(isMarker(piece), piece).toBe(false);
});
