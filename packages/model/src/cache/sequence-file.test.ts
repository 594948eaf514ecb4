import { describe, expect, it } from "vitest";
import { blobSource } from "../checkpoint/byte-source.ts";
import { KvCache, type KvCacheOptions } from "./kv-cache.ts";
import { KvCacheFullError } from "./kv-cache-full-error.ts";
import { SequenceFileError } from "./sequence-file-error.ts";
import { decodeSequence, encodeSequence } from "./sequence-file.ts";
import type { Sequence } from "./sequence.ts";

const shape = { numHiddenLayers: 2, numAttentionHeads: 2, headDim: 3 };
const options = { fingerprint: "these weights" };

/** A sequence of tokens 10, 11, … whose rows count on. */
function written(cache: KvCache, length: number): Sequence {
  const sequence = cache.restore(Array.from({ length }, (_, i) => 10 + i));
  const rows = (first: number): Float32Array =>
    Float32Array.from({ length: length * 6 }, (_, i) => first + i / 7);
  for (const layer of [0, 1])
    cache.write(sequence, layer, 0, { keys: rows(100 * layer), values: rows(-50 - layer) });
  return sequence;
}

function fileOf(length = 5): Uint8Array<ArrayBuffer> {
  const cache = new KvCache(shape);
  const pieces = [...encodeSequence(cache, written(cache, length), options.fingerprint)];
  return new Uint8Array(Buffer.concat(pieces));
}

const sourceOf = (bytes: Uint8Array<ArrayBuffer>) => blobSource("file", new Blob([bytes]));
const decode = (cache: KvCache, bytes: Uint8Array<ArrayBuffer>) =>
  decodeSequence(cache, sourceOf(bytes), options);
const emptyCache = (cacheOptions?: KvCacheOptions): KvCache => new KvCache(shape, cacheOptions);

it("a sequence comes back as it was, whatever else the cache holds", async () => {
  const cache = emptyCache();
  written(cache, 3);
  const original = emptyCache();
  const expected = written(original, 5);
  const sequence = await decode(cache, fileOf());
  expect(sequence.tokenIds).toEqual([10, 11, 12, 13, 14]);
  for (const layer of [0, 1])
    expect(cache.read(sequence, layer, 0, 5)).toEqual(original.read(expected, layer, 0, 5));
});

describe("a file that is not as it was written", () => {
  it("is refused wherever a byte is another, and leaves no slot in use", async () => {
    const bytes = fileOf();
    for (let at = 0; at < bytes.length; at++) {
      const cache = emptyCache();
      const flipped = bytes.with(at, (bytes[at] ?? 0) ^ 0x41);
      await expect(decode(cache, flipped), `byte ${at}`).rejects.toThrow(SequenceFileError);
      expect(cache.stats.usedSlots).toBe(0);
    }
  });

  it("is refused at every length", async () => {
    const bytes = fileOf(1);
    const cache = emptyCache();
    for (let length = 0; length < bytes.length; length++)
      await expect(decode(cache, bytes.slice(0, length))).rejects.toThrow(SequenceFileError);
    await expect(decode(cache, new Uint8Array([...bytes, 0]))).rejects.toThrow("expected");
    expect(cache.stats.usedSlots).toBe(0);
  });

  it("is refused before memory is taken where it promises too much", async () => {
    const bytes = fileOf();
    new DataView(bytes.buffer).setUint32(8, 2 ** 31, true);
    await expect(decode(emptyCache(), bytes)).rejects.toThrow("a header of at most");
  });
});

describe("a file that cannot be used", () => {
  it("names the version, the shape or the weights", async () => {
    const bytes = fileOf();
    const other = bytes.with(6, 2);
    await expect(decode(emptyCache(), other)).rejects.toThrow("expected version 1, got version 2");
    const wide = new KvCache({ ...shape, headDim: 4 });
    await expect(decode(wide, bytes)).rejects.toThrow("expected headDim 4, got 3");
    const weights = { fingerprint: "others" };
    await expect(decodeSequence(emptyCache(), sourceOf(bytes), weights)).rejects.toThrow(
      "expected a sequence of this model, got one of other weights",
    );
  });

  it("with numbers that are none is refused: they would reach other sequences", async () => {
    const source = emptyCache();
    const sequence = written(source, 2);
    const keys = new Float32Array(12).fill(NaN);
    source.write(sequence, 1, 0, { keys, values: keys });
    const bytes = new Uint8Array(
      Buffer.concat([...encodeSequence(source, sequence, options.fingerprint)]),
    );
    await expect(decode(emptyCache(), bytes)).rejects.toThrow("expected numbers");
  });

  it("is refused by a cache that has no room", async () => {
    const cache = emptyCache({ maxSlots: 4 });
    await expect(decode(cache, fileOf(5))).rejects.toThrow(KvCacheFullError);
    expect(cache.stats.usedSlots).toBe(0);
  });
});
