/**
 * The directory of a zip archive whose entries are stored without compression, as torch.save writes them; zip64 included.
 *
 * Sizes come from the central directory: in torch's files the local headers hold zeros. A local header is read only for
 * the length of its name and extra fields, which tell where the data begins.
 *
 *   [local header, name, padding, data]*  [central directory]  [zip64 end, locator]  [end]
 *
 * @see PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3
 */
import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";

/** A file inside the archive. */
export interface ZipEntry {
  readonly name: string;
  /** Where its bytes begin in the archive. */
  readonly offset: number;
  readonly size: number;
}

/** More storages than any checkpoint has: 13B quantized has about 1400. */
export const MAX_ZIP_ENTRIES = 200_000;
/** Central directory of that many entries with long names. */
export const MAX_ZIP_DIRECTORY_BYTES = 64 << 20;

const END = { signature: 0x06054b50, length: 22 };
const END64_LOCATOR = { signature: 0x07064b50, length: 20 };
const END64 = { signature: 0x06064b50, length: 56 };
const CENTRAL = { signature: 0x02014b50, length: 46 };
const LOCAL = { signature: 0x04034b50, length: 30 };
const MAX_COMMENT_BYTES = 0xffff;
const ZIP64_EXTRA = 1;
const FLAG_ENCRYPTED = 1;
const STORED = 0;

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly entries: number;
}

interface CentralEntry {
  readonly name: string;
  readonly size: number;
  readonly headerOffset: number;
}

/**
 * Entries of an archive by name.
 *
 * @throws {CheckpointError} if the archive is truncated, compressed, encrypted, or its entries overlap.
 */
export async function readZipDirectory(
  source: ByteSource,
  options?: ReadOptions,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findDirectory(source, options);
  const bytes = await source.read(directory.offset, directory.size, options);
  const central = parseDirectory(source, bytes, directory);
  const entries = new Map<string, ZipEntry>();
  let previousEnd = 0;
  for (const entry of central.toSorted((a, b) => a.headerOffset - b.headerOffset)) {
    if (entry.headerOffset < previousEnd)
      fail(source, `entry "${entry.name}" overlaps the one before it`);
    const offset = await dataOffset(source, entry, options);
    previousEnd = offset + entry.size;
    if (previousEnd > directory.offset)
      fail(
        source,
        `expected entry "${entry.name}" to end before the directory at byte ${directory.offset}, got ${previousEnd}`,
      );
    if (entries.has(entry.name)) fail(source, `entry "${entry.name}" stands twice in the archive`);
    entries.set(entry.name, { name: entry.name, offset, size: entry.size });
  }
  return entries;
}

async function findDirectory(source: ByteSource, options?: ReadOptions): Promise<Directory> {
  const tailLength = Math.min(source.size, END.length + MAX_COMMENT_BYTES);
  const tailOffset = source.size - tailLength;
  const tail = viewOf(await source.read(tailOffset, tailLength, options));
  let at = tailLength - END.length;
  while (at >= 0 && tail.getUint32(at, true) !== END.signature) at--;
  if (at < 0)
    fail(
      source,
      "expected the directory of a zip archive at the end, found none (the file is truncated; download it again)",
    );
  const end: Directory = {
    entries: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const directory = (await findZip64(source, tailOffset + at, options)) ?? end;
  const fits = directory.offset + directory.size <= tailOffset + at;
  if (!fits || directory.size > MAX_ZIP_DIRECTORY_BYTES || directory.entries > MAX_ZIP_ENTRIES)
    fail(
      source,
      `expected a directory of at most ${MAX_ZIP_ENTRIES} entries inside the file, got ${directory.entries} entries, ${directory.size} bytes at ${directory.offset}`,
    );
  return directory;
}

/** The zip64 record, if a locator stands right before the end record. */
async function findZip64(
  source: ByteSource,
  endOffset: number,
  options?: ReadOptions,
): Promise<Directory | undefined> {
  if (endOffset < END64_LOCATOR.length) return undefined;
  const locatorBytes = await source.read(
    endOffset - END64_LOCATOR.length,
    END64_LOCATOR.length,
    options,
  );
  const locator = viewOf(locatorBytes);
  if (locator.getUint32(0, true) !== END64_LOCATOR.signature) return undefined;
  const record = viewOf(await source.read(u64(source, locator, 8), END64.length, options));
  if (record.getUint32(0, true) !== END64.signature)
    fail(source, "the zip64 locator points to something else than a zip64 record");
  return {
    entries: u64(source, record, 32),
    size: u64(source, record, 40),
    offset: u64(source, record, 48),
  };
}

function parseDirectory(
  source: ByteSource,
  bytes: Uint8Array,
  directory: Directory,
): CentralEntry[] {
  const view = viewOf(bytes);
  const entries: CentralEntry[] = [];
  let at = 0;
  while (entries.length < directory.entries) {
    const isEntry =
      at + CENTRAL.length <= bytes.length && view.getUint32(at, true) === CENTRAL.signature;
    if (!isEntry)
      fail(
        source,
        `expected ${directory.entries} entries in the zip directory, got ${entries.length}`,
      );
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + CENTRAL.length + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > bytes.length) fail(source, "the zip directory ends inside an entry");
    entries.push(parseEntry(source, bytes.subarray(at, end), nameLength, extraLength));
    at = end;
  }
  return entries;
}

function parseEntry(
  source: ByteSource,
  bytes: Uint8Array,
  nameLength: number,
  extraLength: number,
): CentralEntry {
  const view = viewOf(bytes);
  const extraStart = CENTRAL.length + nameLength;
  const name = new TextDecoder().decode(bytes.subarray(CENTRAL.length, extraStart));
  const method = view.getUint16(10, true);
  if (view.getUint16(8, true) & FLAG_ENCRYPTED) fail(source, `entry "${name}" is encrypted`);
  if (method !== STORED)
    fail(
      source,
      `expected entry "${name}" to be stored, got compression method ${method} (torch never compresses; this archive was repacked)`,
    );
  const extra = viewOf(bytes.subarray(extraStart, extraStart + extraLength));
  const wide = zip64Fields(source, name, extra);
  const size = widen(view.getUint32(24, true), wide);
  const stored = widen(view.getUint32(20, true), wide);
  const headerOffset = widen(view.getUint32(42, true), wide);
  if (size !== stored)
    fail(source, `entry "${name}" claims ${stored} stored bytes for ${size} bytes`);
  return { name, size, headerOffset };
}

/** Values of the zip64 extra field, in the order size, stored size, header offset; only those needed are there. */
function* zip64Fields(source: ByteSource, name: string, extra: DataView): Generator<number, never> {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const length = extra.getUint16(at + 2, true);
    const end = Math.min(at + 4 + length, extra.byteLength);
    if (extra.getUint16(at, true) === ZIP64_EXTRA)
      for (let field = at + 4; field + 8 <= end; field += 8) yield u64(source, extra, field);
    at += 4 + length;
  }
  return fail(source, `entry "${name}" lacks its zip64 sizes`);
}

function widen(value: number, wide: Generator<number, never>): number {
  return value === 0xffffffff ? wide.next().value : value;
}

async function dataOffset(
  source: ByteSource,
  entry: CentralEntry,
  options?: ReadOptions,
): Promise<number> {
  const header = viewOf(await source.read(entry.headerOffset, LOCAL.length, options));
  if (header.getUint32(0, true) !== LOCAL.signature)
    fail(
      source,
      `expected entry "${entry.name}" at byte ${entry.headerOffset}, got something else`,
    );
  const skipped = header.getUint16(26, true) + header.getUint16(28, true);
  return entry.headerOffset + LOCAL.length + skipped;
}

function u64(source: ByteSource, view: DataView, offset: number): number {
  const value = Number(view.getBigUint64(offset, true));
  if (!Number.isSafeInteger(value))
    fail(source, `the zip directory holds an impossible size ${value}`);
  return value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fail(source: ByteSource, problem: string): never {
  throw new CheckpointError(source.name, problem);
}
