import { MemoryLimitError } from "@baichuan2/model";
import { expect, it } from "vitest";
import { memoryMessage } from "./memory-message.ts";
import { createTranslate } from "./messages/translate.ts";

const breakdown = {
  weightsBytes: 7e9,
  cacheBytes: 134e6,
  workBytes: 200e6,
  processBytes: 250e6,
  adapterBytes: 0,
  loadBytes: 0,
};

it("memoryMessage tells what a model needs, what there is, and which flags help", () => {
  const error = new MemoryLimitError("loadModel", 4e9, breakdown, ["dtype-int4", "quantize-head"]);
  expect(memoryMessage(error, createTranslate("en"))).toBe(
    "expected 7.6 GB of available memory (weights 7.0 GB, cache 134.0 MB, work space and process 450.0 MB), got 4.0 GB (try --dtype int4, --quantize-head, --no-memory-check)",
  );
  expect(memoryMessage(error, createTranslate("zh"))).toContain("需要 7.6 GB 可用内存");
});

it("memoryMessage says when a flag must go", () => {
  const error = new MemoryLimitError("loadModel", 4e9, breakdown, ["no-exact"]);
  const messageIn = (language: "en" | "zh") => memoryMessage(error, createTranslate(language));
  expect(messageIn("en")).toMatch(/\(try leaving out --exact, --no-memory-check\)$/);
  expect(messageIn("zh")).toMatch(/（可试 去掉 --exact, --no-memory-check）$/);
});
