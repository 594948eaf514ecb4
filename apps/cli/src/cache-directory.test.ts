import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheDirectory, packedCacheDirectory } from "./cache-directory.ts";

it("the cache lies where BAICHUAN2_CACHE says, else in the system's folder for caches", () => {
  expect(cacheDirectory({ BAICHUAN2_CACHE: "/data/cache", XDG_CACHE_HOME: "/xdg" })).toBe(
    "/data/cache",
  );
  const own = { XDG_CACHE_HOME: "/xdg", LOCALAPPDATA: "/xdg" };
  expect(cacheDirectory(own)).toBe(join("/xdg", "baichuan2"));
  expect(cacheDirectory({})).toMatch(/[\\/]\.cache[\\/]baichuan2$/);
});

it("--no-packed-cache keeps no packed weights", () => {
  expect(packedCacheDirectory({ packedCache: false })).toBeUndefined();
  expect(packedCacheDirectory({})).toMatch(/packed$/);
});
