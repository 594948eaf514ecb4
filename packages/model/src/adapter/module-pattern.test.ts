import { UnsupportedError } from "@baichuan2/kernels";
import { expect, it } from "vitest";
import { patternValue } from "./module-pattern.ts";

const names = [
  "model.layers.0.self_attn.W_pack",
  "model.layers.1.self_attn.W_pack",
  "model.layers.12.self_attn.o_proj",
  "model.layers.0.mlp.down_proj",
  "W_pack",
];

const matched = (key: string): string =>
  names.map((name) => (patternValue({ [key]: 1 }, name) === undefined ? "0" : "1")).join("");

/** What `re.match(rf"(.*\.)?({key})$", name)` of Python 3.11 says of these names. */
it.each([
  ["W_pack", "11001"],
  ["self_attn.W_pack", "11000"],
  ["model.layers.0.self_attn.W_pack", "10000"],
  ["pack", "00000"],
  ["layers.0", "00000"],
  ["model\\.layers\\.1\\.self_attn\\.W_pack", "01000"],
  ["self_attn\\..*", "11100"],
  ["layers\\.[0-4]\\.self_attn\\.W_pack", "11000"],
  ["layers\\.(0|12)\\..*_pack", "10000"],
  ["W_pack|o_proj", "11101"],
  ["^W_pack", "00001"],
  ["^model.layers.0.self_attn.W_pack", "10000"],
  ["^.*W_pack$", "11001"],
  [".*mlp.*", "00010"],
  ["self.attn.W.pack", "11000"],
  ["(?:\\d+\\.)?self_attn\\.\\w+", "11100"],
  ["[^.]+", "11111"],
  [".*\\.1\\d?\\.self_attn.*", "01100"],
  ["(.*a)*W_pack", "11001"],
  ["W\\_pack", "11001"],
  ["", "00000"],
  [".+_proj", "00110"],
])("%s matches as PEFT's get_pattern_key", (key, expected) => {
  expect(matched(key)).toBe(expected);
});

it("the first key that matches gives the value", () => {
  const patterns = { "layers.0.*W_pack": 3, W_pack: 5, "layers.1.self_attn.W_pack": 7 };
  expect(names.map((name) => patternValue(patterns, name))).toEqual([
    3,
    5,
    undefined,
    undefined,
    5,
  ]);
});

it("a key that would take a backtracking engine for ever is matched at once", () => {
  const name = `model.layers.0.${"a".repeat(60)}`;
  const start = performance.now();
  for (const key of ["(a+)+b", "(a|a)*b", "(.*a){20}b", "(.*)*(.*)*c", "(a|aa)+$|x"])
    patternValue({ [key]: 1 }, name);
  expect(performance.now() - start).toBeLessThan(2000);
});

it.each([
  ["(a", "valid with flag u"],
  ["a)|(b", "valid with flag u"],
  ["(a)\\1", "without backreferences"],
  ["(?<!a)b", "no word boundaries and lookbehinds"],
  ["\\bW_pack", "no word boundaries"],
  ["^a|b", "^ only where an alternative begins"],
  ["(?i)a", "valid with flag u"],
  ["a".repeat(513), "at most 512"],
  ["((a{1,90}){1,90}){1,90}b", "steps of compilation"],
])("%s is refused", (key, message) => {
  const use = (): unknown => patternValue({ [key]: 1 }, "a".repeat(3000));
  expect(use).toThrow(UnsupportedError);
  expect(use).toThrow(message);
});
