/**
 * The format of `torch.save` before version 1.6 (and with `_use_new_zipfile_serialization=False`):
 *
 *   pickle: magic | pickle: 1001 | pickle: system info | pickle: the object | pickle: storage keys
 *   then for each key, in that order:  int64 number of elements | elements
 */
import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import { itemSize } from "./dtype.ts";
import { PickleEnd } from "./pickle/pickle-reader.ts";
import type { PickleStorage, PickleValue } from "./pickle/pickle-values.ts";
import { unpickle } from "./pickle/unpickle.ts";
import { collectStateDict, type StorageRange, type WeightsFile } from "./state-dict.ts";
import { MAX_PICKLE_BYTES } from "./torch-zip.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** The five pickles of a sharded 13B fit; a longer head is read again four times as far. */
const FIRST_READ_BYTES = 256 << 10;

/** First byte of a pickle of protocol 2 or later. */
export const PICKLE_MAGIC: readonly number[] = [0x80];

interface Head {
  readonly object: PickleValue;
  readonly keys: readonly string[];
  /** Where the first storage begins. */
  readonly end: number;
}

/**
 * Reads the state dict of a legacy file.
 *
 * @throws {CheckpointError} if it is damaged, big-endian or holds anything but plain data and tensors.
 */
export async function readTorchLegacy(
  source: ByteSource,
  options?: ReadOptions,
): Promise<WeightsFile> {
  const head = await readHead(source, options);
  const storages = storagesOf(head.object);
  const ranges = new Map<string, StorageRange>();
  let offset = head.end;
  for (const key of head.keys) {
    const storage = storages.get(key);
    if (storage === undefined || ranges.has(key))
      throw new CheckpointError(
        source.name,
        `storage "${key}" is listed ${storage ? "twice" : "but no tensor uses it"}`,
      );
    const size = await storageSize(source, storage, offset, options);
    ranges.set(key, { offset: offset + 8, size });
    offset += 8 + size;
  }
  return collectStateDict(source, head.object, (storage, tensor) => {
    const range = ranges.get(storage.key);
    if (range) return range;
    throw new CheckpointError(source.name, `the file has no storage "${storage.key}"`, { tensor });
  });
}

async function storageSize(
  source: ByteSource,
  storage: PickleStorage,
  offset: number,
  options?: ReadOptions,
): Promise<number> {
  const count = await source.read(offset, 8, options);
  const elements = Number(new DataView(count.buffer).getBigInt64(0, true));
  // A storage of which this tensor sees a piece may be longer than the piece.
  const isExpected = storage.view ? elements >= storage.elements : elements === storage.elements;
  const size = elements * itemSize(storage.dtype);
  if (!isExpected)
    throw new CheckpointError(
      source.name,
      `expected ${storage.elements} elements in storage "${storage.key}" at byte ${offset}, got ${elements}`,
    );
  if (offset + 8 + size > source.size)
    throw new CheckpointError(
      source.name,
      `expected ${size} bytes of storage "${storage.key}" at byte ${offset + 8}, got the end of the file at ${source.size} (the file is truncated; download it again)`,
    );
  return size;
}

async function readHead(source: ByteSource, options?: ReadOptions): Promise<Head> {
  let length = Math.min(source.size, FIRST_READ_BYTES);
  for (;;) {
    const bytes = await source.read(0, length, options);
    try {
      return parseHead(source, bytes);
    } catch (cause) {
      if (!(cause instanceof PickleEnd)) throw cause;
      if (length === source.size || length >= MAX_PICKLE_BYTES)
        throw new CheckpointError(
          source.name,
          `the pickles at the start do not end within ${length} bytes (the file is truncated; download it again)`,
          { cause },
        );
      length = Math.min(source.size, length * 4, MAX_PICKLE_BYTES);
    }
  }
}

function parseHead(source: ByteSource, bytes: Uint8Array): Head {
  let end = 0;
  const next = (): PickleValue => {
    const pickle = unpickle(source.name, bytes, end);
    end = pickle.end;
    return pickle.value;
  };
  if (next() !== MAGIC)
    throw new CheckpointError(
      source.name,
      "expected a file of torch.save, got another pickle (only state dicts saved by torch are weights)",
    );
  const protocol = next();
  if (protocol !== PROTOCOL)
    throw new CheckpointError(source.name, `expected protocol ${PROTOCOL}, got another`);
  refuseBigEndian(source, next());
  const object = next();
  return { object, keys: keyList(source, next()), end };
}

function refuseBigEndian(source: ByteSource, system: PickleValue): void {
  const isDict = typeof system === "object" && system !== null && "entries" in system;
  const isLittle = isDict && "kind" in system && system.entries.get("little_endian") === true;
  if (!isLittle)
    throw new CheckpointError(
      source.name,
      "expected little-endian numbers, got others (save the file again on a little-endian machine)",
    );
}

function keyList(source: ByteSource, value: PickleValue): string[] {
  if (Array.isArray(value) && value.every((key) => typeof key === "string")) return value;
  throw new CheckpointError(source.name, "expected a list of storage keys, got something else");
}

/** All storages that tensors anywhere in a value use, by key. */
function storagesOf(value: PickleValue): Map<string, PickleStorage> {
  const found = new Map<string, PickleStorage>();
  const seen = new Set<object>();
  const open: PickleValue[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof Uint8Array) continue;
    if (!Array.isArray(next) && next.kind === "storage") found.set(next.key, next);
    else for (const part of partsOf(next)) open.push(part);
  }
  return found;
}

function partsOf(value: PickleValue & object): Iterable<PickleValue> {
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return [];
  switch (value.kind) {
    case "tensor":
      return [value.storage, value.attributes ?? null];
    case "tuple":
      return value.items;
    case "dict":
      return value.entries.values();
    case "instance":
      return [value.attributes];
    default:
      return [];
  }
}
