import { writeProblem } from "../checkpoint/write-error.ts";
import { openFileSource } from "../checkpoint/node-file-source.ts";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { writeWhole } from "../write-whole.ts";
import type { KvCache } from "./kv-cache.ts";
import { decodeSequence, encodeSequence, type DecodeOptions } from "./sequence-file.ts";
import { SequenceFileError } from "./sequence-file-error.ts";
import type { Sequence } from "./sequence.ts";

/** Options of saving and restoring. */
export interface SequenceFileOptions {
  /** Names the weights that a sequence was computed with; another one is refused. */
  readonly fingerprint: string;
  readonly signal?: AbortSignal | undefined;
}

/** Options of restoring. */
export interface RestoreSequenceOptions extends SequenceFileOptions {
  /** Adapters that are loaded; a sequence of another one is refused. */
  readonly adapters?: DecodeOptions["adapters"];
  /** Takes slots when no run is in flight; default at once. */
  readonly betweenRuns?: DecodeOptions["betweenRuns"];
}

/**
 * Writes a sequence to a file; it is there whole or not at all. The sequence must stay as it is meanwhile.
 *
 * @throws {SequenceFileError} if it cannot be written.
 * @throws the signal's reason when it aborts.
 */
export async function saveSequence(
  cache: KvCache,
  sequence: Sequence,
  path: string,
  { fingerprint, signal }: SequenceFileOptions,
): Promise<void> {
  signal?.throwIfAborted();
  try {
    await writeWhole(path, async (handle) => {
      for (const bytes of encodeSequence(cache, sequence, fingerprint)) {
        signal?.throwIfAborted();
        await handle.writeFile(bytes);
      }
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw fileError(path, "a file that can be written", writeProblem(cause), cause);
  }
}

/**
 * Reads a sequence that `saveSequence` wrote.
 *
 * @throws {SequenceFileError} if the file is missing, damaged, of another version or of another model.
 * @throws {KvCacheFullError} if there is no room for it.
 * @throws the signal's reason when it aborts.
 */
export async function restoreSequence(
  cache: KvCache,
  path: string,
  options: RestoreSequenceOptions,
): Promise<Sequence> {
  try {
    const source = await openFileSource(path, options);
    try {
      return await decodeSequence(cache, source, options);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw fileError(path, "a file of a sequence", error.problems.join(", "), error);
  }
}

function fileError(
  path: string,
  expected: string,
  actual: string,
  cause: unknown,
): SequenceFileError {
  return new SequenceFileError(path, { expected, actual, hint: "look at the path", cause });
}
