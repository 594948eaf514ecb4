import { expect, it } from "vitest";
import { isSkipped } from "./quantization-config.ts";

const linear = "model.layers.10.mlp.up_proj";

it.each([
  ["its own name", [linear], true],
  ["its last part", ["up_proj"], true],
  ["its layer", ["model.layers.10"], true],
  ["another layer whose number starts alike", ["model.layers.1"], false],
  ["part of a word", ["proj"], false],
  ["nothing", [], false],
  ["a pattern from the start", [String.raw`re:model\.layers\.\d+\.mlp`], true],
  ["a pattern that begins with anything", ["re:.*up_proj$"], true],
  ["a pattern of another linear", ["re:.*lm_head"], false],
  ["a pattern that stands further behind", ["re:mlp"], false],
])("a linear is skipped or not by %s", (_, skipped, expected) => {
  expect(isSkipped(linear, skipped)).toBe(expected);
});

it.each(["re:(a+)+$", "re:(.*)*x", "re:.*.*.*.*x", "re:[", "re:(?<=m)"])(
  "the pattern %s, whose time or syntax is not known, matches nothing",
  (pattern) => {
    expect(isSkipped("a".repeat(60), [pattern])).toBe(false);
    expect(isSkipped(linear, [pattern])).toBe(false);
  },
);
