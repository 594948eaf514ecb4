import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import { itemSize } from "./dtype.ts";
import { PickleEnd } from "./pickle/pickle-reader.ts";
import { unpickle } from "./pickle/unpickle.ts";
import { collectStateDict, type Locate, type WeightsFile } from "./state-dict.ts";
import { readZipDirectory, type ZipEntry } from "./zip-directory.ts";

/** The pickle holds names and shapes only: 50 kB for 13B. */
export const MAX_PICKLE_BYTES = 16 << 20;

/** First bytes of every archive. */
export const ZIP_MAGIC: readonly number[] = [0x50, 0x4b, 0x03, 0x04];

/**
 * Reads the state dict of a file that `torch.save` of version 1.6 or later wrote: a zip archive with
 * `{top}/data.pkl` and one entry `{top}/data/{key}` per storage.
 *
 * @throws {CheckpointError} if it is damaged or holds anything but plain data and tensors.
 */
export async function readTorchZip(
  source: ByteSource,
  options?: ReadOptions,
): Promise<WeightsFile> {
  const entries = await readZipDirectory(source, options);
  const { top, pickle } = findPickle(source, entries);
  await refuseBigEndian(source, entries.get(`${top}/byteorder`), options);
  const bytes = await source.read(pickle.offset, pickle.size, options);
  const locate: Locate = (storage, tensor) => {
    const entry = entries.get(`${top}/data/${storage.key}`);
    if (entry === undefined)
      throw new CheckpointError(source.name, `the archive has no storage "${storage.key}"`, {
        tensor,
      });
    const claimed = storage.elements * itemSize(storage.dtype);
    if (entry.size !== claimed)
      throw new CheckpointError(
        source.name,
        `expected ${claimed} bytes in storage "${storage.key}", got ${entry.size}`,
        { tensor },
      );
    return entry;
  };
  return collectStateDict(source, unpickleWhole(source, pickle, bytes), locate);
}

function unpickleWhole(source: ByteSource, entry: ZipEntry, bytes: Uint8Array) {
  try {
    return unpickle(source.name, bytes).value;
  } catch (cause) {
    if (!(cause instanceof PickleEnd)) throw cause;
    throw new CheckpointError(source.name, `${entry.name} ends before the pickle in it does`, {
      cause,
    });
  }
}

function findPickle(
  source: ByteSource,
  entries: ReadonlyMap<string, ZipEntry>,
): { top: string; pickle: ZipEntry } {
  const found = [...entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = found;
  if (pickle === undefined || found.length > 1)
    throw new CheckpointError(
      source.name,
      `expected one data.pkl in the archive, got ${found.length} (not a file of torch.save; TorchScript archives and other zip files hold no state dict)`,
    );
  if (pickle.size > MAX_PICKLE_BYTES)
    throw new CheckpointError(
      source.name,
      `expected at most ${MAX_PICKLE_BYTES} bytes in ${pickle.name}, got ${pickle.size}`,
    );
  return { top: pickle.name.slice(0, -"/data.pkl".length), pickle };
}

async function refuseBigEndian(
  source: ByteSource,
  entry: ZipEntry | undefined,
  options?: ReadOptions,
): Promise<void> {
  if (entry === undefined) return; // before torch 2.1
  const length = Math.min(entry.size, 16);
  const order = new TextDecoder().decode(await source.read(entry.offset, length, options));
  if (order !== "little")
    throw new CheckpointError(source.name, `expected byte order "little", got "${order}"`);
}
