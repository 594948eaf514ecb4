import { publishedConfig } from "@baichuan2/model";
import { expect, it } from "vitest";
import { estimatesOf } from "./memory-estimates.ts";

const dtypesOf = (...args: Parameters<typeof estimatesOf>): string[] =>
  estimatesOf(...args).map(({ dtype }) => dtype);

it("estimatesOf leaves out what a checkpoint cannot be loaded as", () => {
  const config = publishedConfig("7b", 2);
  expect(dtypesOf(config, undefined)).toEqual(["float32", "int8", "nf4", "int4"]);
  expect(dtypesOf(config, "nf4")).toEqual(["float32", "nf4"]);
  expect(dtypesOf(config, "fp4")).toEqual(["float32", "nf4"]);
  expect(dtypesOf(config, "int4")).toEqual(["float32", "int4"]);
  // 176 is no multiple of 64
  const odd = { ...config, intermediateSize: 176 };
  expect(dtypesOf(odd, undefined)).toEqual(["float32", "int8", "nf4"]);
});
