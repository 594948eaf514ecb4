import { createHash } from "node:crypto";
import type { ByteSource } from "../checkpoint/byte-source.ts";
import type { KvCache } from "./kv-cache.ts";
import type { LayerRows } from "./kv-rows.ts";
import {
  adapterOf,
  checkModel,
  damaged,
  encodeHeader,
  parseHeader,
  PREAMBLE_BYTES,
  readPreamble,
  type SequenceHeader,
} from "./sequence-header.ts";
import { stateOf, type Sequence, type SequenceAdapter } from "./sequence.ts";

/** Bytes of rows that are on their way at a time. */
const PIECE_BYTES = 4 * 2 ** 20;

/** SHA-256. */
const CHECKSUM_BYTES = 32;

/** Some tokens' rows of a layer; in the file the keys of all of them, then the values. */
interface Piece {
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/**
 * A sequence's tokens, keys and values as the pieces of a file.
 *
 * @param fingerprint - Names the weights that they were computed with.
 */
export function* encodeSequence(
  cache: KvCache,
  sequence: Sequence,
  fingerprint: string,
): Generator<Uint8Array> {
  const { tokenIds, chunkedTokens, adapter } = stateOf(sequence);
  const header = { tokenIds, chunkedTokens, ...cache.pool.shape, dtype: "float32" } as const;
  const adapted = adapter && { name: adapter.name, fingerprint: adapter.fingerprint };
  const hash = createHash("sha256");
  const summed = (bytes: Uint8Array): Uint8Array => {
    hash.update(bytes);
    return bytes;
  };
  yield summed(encodeHeader({ ...header, fingerprint, adapter: adapted }));
  for (const { layer, start, end } of pieces(cache, tokenIds.length)) {
    const { keys, values } = cache.read(sequence, layer, start, end);
    yield summed(bytesOf(keys));
    yield summed(bytesOf(values));
  }
  yield hash.digest();
}

/** Options of reading a sequence. */
export interface DecodeOptions {
  /** Names the weights. */
  readonly fingerprint: string;
  /** Adapters that are loaded; a sequence of another one is refused. Default: none. */
  readonly adapters?: readonly SequenceAdapter[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Does work that moves slots when no run is in flight; default at once. */
  readonly betweenRuns?: (<Result>(work: () => Result) => Promise<Result>) | undefined;
}

/**
 * Reads what `encodeSequence` gave into a cache.
 *
 * @throws {SequenceFileError} if it is damaged, of another version or of another model; nothing stays in the cache then.
 * @throws {KvCacheFullError} if there is no room for it.
 */
export async function decodeSequence(
  cache: KvCache,
  source: ByteSource,
  { fingerprint, adapters = [], signal, betweenRuns = atOnce }: DecodeOptions,
): Promise<Sequence> {
  const reader = new SummedReader(source, signal);
  const { name } = source;
  const length = readPreamble(name, await reader.read(PREAMBLE_BYTES));
  const header = parseHeader(name, await reader.read(length));
  checkModel(name, header, { shape: cache.pool.shape, fingerprint });
  checkSize(source, header, reader.offset);
  const adapter = adapterOf(name, header, adapters);
  const { tokenIds, chunkedTokens } = header;
  const sequence = await betweenRuns(() => cache.restore(tokenIds, { chunkedTokens, adapter }));
  try {
    for (const { layer, start, end } of pieces(cache, header.tokenIds.length)) {
      const size = (end - start) * cache.pool.slotWidth * Float32Array.BYTES_PER_ELEMENT;
      const rows = {
        keys: floatsOf(await reader.read(size)),
        values: floatsOf(await reader.read(size)),
      };
      checkFinite(name, rows);
      cache.write(sequence, layer, start, rows);
    }
    await reader.checkSum();
    return sequence;
  } catch (error) {
    cache.free(sequence);
    throw error;
  }
}

const atOnce = async <Result>(work: () => Result): Promise<Result> => work();

/** Reads a file from its start and sums up what it has read. */
class SummedReader {
  offset = 0;
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  readonly #hash = createHash("sha256");

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
  }

  /** @throws {SequenceFileError} if the file ends before. */
  async read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const { name, size } = this.#source;
    const end = this.offset + length;
    if (end > size) throw damaged(name, `${end} bytes or more`, String(size));
    const bytes = await this.#source.read(this.offset, length, { signal: this.#signal });
    this.offset = end;
    this.#hash.update(bytes);
    return bytes;
  }

  /** @throws {SequenceFileError} if what comes next is not the checksum of all before. */
  async checkSum(): Promise<void> {
    const expected = this.#hash.digest();
    const told = await this.#source.read(this.offset, CHECKSUM_BYTES, { signal: this.#signal });
    if (!expected.equals(told)) throw damaged(this.#source.name, "its own checksum", "another");
  }
}

function* pieces({ pool: { shape, slotWidth } }: KvCache, length: number): Generator<Piece> {
  const tokens = Math.max(
    1,
    Math.floor(PIECE_BYTES / (slotWidth * Float32Array.BYTES_PER_ELEMENT)),
  );
  for (let layer = 0; layer < shape.numHiddenLayers; layer++)
    for (let start = 0; start < length; start += tokens)
      yield { layer, start, end: Math.min(length, start + tokens) };
}

function checkSize({ name, size }: ByteSource, header: SequenceHeader, start: number): void {
  const { tokenIds, numHiddenLayers, numAttentionHeads, headDim } = header;
  const slot = numHiddenLayers * numAttentionHeads * headDim * 2 * Float32Array.BYTES_PER_ELEMENT;
  const expected = start + tokenIds.length * slot + CHECKSUM_BYTES;
  if (size !== expected) throw damaged(name, `${expected} bytes`, String(size));
}

/** Runs of other sequences read over these rows, masked; a NaN would reach them all the same. */
function checkFinite(path: string, { keys, values }: LayerRows): void {
  for (const rows of [keys, values])
    if (!rows.every(Number.isFinite)) throw damaged(path, "numbers", "values that are none");
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function floatsOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Float32Array {
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}
