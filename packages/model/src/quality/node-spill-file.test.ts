import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRandom } from "../sampling/random.ts";
import { SpillFile } from "./node-spill-file.ts";

describe("a spill file", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "spill-test-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("gives back what was written, in other portions", async () => {
    await using file = await SpillFile.create({ directory });
    await file.write(Float32Array.of(1, 2, 3));
    await file.write(Float32Array.of(9, 4, 5, 9).subarray(1, 3));
    const [two, three] = [new Float32Array(2), new Float32Array(3)];
    await file.read(two);
    await file.read(three);
    expect([...two, ...three]).toEqual([1, 2, 3, 4, 5]);
    expect(file.sizeBytes).toBe(20);
    await expect(file.read(new Float32Array(1))).rejects.toThrow(
      "expected 4 bytes, got the last 0",
    );
  });

  it("leaves nothing behind, whatever happens to it", async () => {
    const file = await SpillFile.create({ directory });
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(file.write(Float32Array.of(1), aborted)).rejects.toThrow("enough");
    await file.dispose();
    expect(await readdir(directory)).toEqual([]);
  });

  it("gives back any numbers bit by bit", async () => {
    await using file = await SpillFile.create({ directory });
    const property = async (count: number, seed: number): Promise<void> => {
      const random = createRandom(seed);
      const values = Float32Array.from({ length: count }, () => random.next() - 0.5);
      await file.write(values);
      const back = new Float32Array(count);
      await file.read(back);
      expect(back).toEqual(values);
    };
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 5000 }), fc.nat(), property), {
      numRuns: 30,
    });
  });
});
