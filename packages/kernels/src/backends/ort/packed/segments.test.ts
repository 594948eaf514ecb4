import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { damagedSegment, segmentsOf } from "./segments.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "segments-test-"));
});
afterAll(() => rm(directory, { recursive: true }));

it("segments cover a file but for its hole", async () => {
  const path = join(directory, "worked");
  await writeFile(path, "abc....def");
  expect(segmentsOf(path, 10, { start: 3, end: 7 })).toEqual([
    { offset: 0, sizeBytes: 3, crc32: crc32("abc") },
    { offset: 7, sizeBytes: 3, crc32: crc32("def") },
  ]);
});

it("a changed or missing byte outside the hole is found, one inside is not looked for", async () => {
  const path = join(directory, "property");
  const size = fc.integer({ min: 1, max: 300 });
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), fc.nat(), fc.nat(), async (sizeBytes, at, a, b) => {
      const bytes = new Uint8Array(sizeBytes).map((_, index) => index * 7);
      const hole = {
        start: a % sizeBytes,
        end: (a % sizeBytes) + (b % (sizeBytes - (a % sizeBytes))),
      };
      await writeFile(path, bytes);
      const segments = segmentsOf(path, sizeBytes, hole);
      expect(damagedSegment(path, segments)).toBeUndefined();
      const place = at % sizeBytes;
      bytes[place] ^= 1;
      await writeFile(path, bytes);
      const isInHole = place >= hole.start && place < hole.end;
      expect(damagedSegment(path, segments) === undefined).toBe(isInHole);
    }),
    { numRuns: 50 },
  );
});

it("a file that is too short is damaged", async () => {
  const path = join(directory, "short");
  await writeFile(path, "abcdef");
  const segments = segmentsOf(path, 6, { start: 0, end: 0 });
  await writeFile(path, "abcde");
  expect(damagedSegment(path, segments)).toEqual(segments[0]);
});
