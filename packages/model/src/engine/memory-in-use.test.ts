import { expect, it } from "vitest";
import { memoryInUse } from "./memory-in-use.ts";

it("memoryInUse tells resident memory and, on Linux, how much of it is the process's own", () => {
  const { rssBytes, anonymousBytes } = memoryInUse();
  expect(rssBytes).toBeGreaterThan(10e6);
  if (process.platform !== "linux") return expect(anonymousBytes).toBeUndefined();
  expect(anonymousBytes).toBeGreaterThan(1e6);
  expect(anonymousBytes).toBeLessThan(rssBytes);
});
