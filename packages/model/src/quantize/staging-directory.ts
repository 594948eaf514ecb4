import { copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { writeError, writeProblem } from "../checkpoint/write-error.ts";
import { OutputError } from "./output-error.ts";
import { TEMPORARY } from "../write-whole.ts";
import { replaceFile } from "./replace-file.ts";
import { RunLock } from "./run-lock.ts";
import { readState, writeState, type FinishedShard, type StagingState } from "./staging-state.ts";

/** What decides the content of the result: two runs with equal plans write equal files. */
export type QuantizePlan = Readonly<Record<string, unknown>>;

const STATE = "quantize-state.json";
const LOCK = "quantize.lock";
const CHECKPOINT = "checkpoint";

/**
 * `OUT.partial`, where a checkpoint grows until it is whole and takes its name. A run that was killed leaves it behind; the
 * next one with the same plan goes on after the last finished shard, one with another plan starts over.
 *
 *   OUT.partial/quantize.lock         who works here
 *   OUT.partial/quantize-state.json   the plan, and the finished shards
 *   OUT.partial/checkpoint/           what becomes OUT; each file is renamed into place when complete
 */
export class StagingDirectory implements AsyncDisposable {
  readonly #out: string;
  readonly #root: string;
  readonly #lock: RunLock;
  #state: StagingState;
  /** Whether a run was killed after the result had got its name. */
  readonly isPlaced: boolean;

  private constructor(out: string, lock: RunLock, state: StagingState, isPlaced: boolean) {
    this.#out = out;
    this.#root = partialPath(out);
    this.#lock = lock;
    this.#state = state;
    this.isPlaced = isPlaced;
  }

  /**
   * @param out - Place of the result.
   * @throws {OutputError} if something stands there, another run works on it, or it cannot be written.
   */
  static async open(out: string, plan: QuantizePlan): Promise<StagingDirectory> {
    const known = JSON.parse(JSON.stringify(plan)) as StagingState["plan"];
    const root = partialPath(out);
    if ((await exists(out)) && !(await isPlacedBy(root, known))) throw occupied(out);
    await makeRoot(root);
    const lock = await takeLock(root);
    try {
      const isPlaced = await exists(out);
      // Looked at once more: a run that had the lock until now may have finished.
      if (isPlaced && !(await isPlacedBy(root, known))) throw occupied(out);
      const state = isPlaced ? await readState(join(root, STATE)) : await prepare(root, known);
      return new StagingDirectory(out, lock, state ?? { plan: known, shards: {} }, isPlaced);
    } catch (error) {
      await lock.release();
      await rmdir(root).catch(() => {}); // what an earlier run left is kept
      throw error;
    }
  }

  /** Path of a file of the result while it grows. */
  pathOf(file: string): string {
    return join(this.#root, CHECKPOINT, file);
  }

  /** A shard that an earlier run finished. */
  finished(file: string): FinishedShard | undefined {
    return this.#state.shards[file];
  }

  /** Remembers a shard that stands under its name. */
  async finish(file: string, shard: FinishedShard): Promise<void> {
    await this.#lock.check();
    this.#state.shards[file] = shard;
    await writeState(join(this.#root, STATE), this.#state);
  }

  /** Writes a small file. */
  async writeText(file: string, text: string): Promise<void> {
    await replaceFile(this.pathOf(file), text);
  }

  /** Copies a small file of the source, following links as the hub's cache has them. */
  async copy(from: string): Promise<void> {
    const path = this.pathOf(basename(from));
    try {
      await copyFile(from, path + TEMPORARY);
      await sync(path + TEMPORARY);
      await rename(path + TEMPORARY, path);
    } catch (cause) {
      throw writeError(path, cause);
    }
  }

  /** Gives the result its name. */
  async complete(): Promise<void> {
    if (!this.isPlaced) {
      await this.#lock.check();
      await sync(join(this.#root, CHECKPOINT));
      if (await exists(this.#out)) throw occupied(this.#out);
      await rename(join(this.#root, CHECKPOINT), this.#out);
      await sync(dirname(resolve(this.#out)));
    }
    await rm(join(this.#root, STATE), { force: true });
    await this.#lock.release();
    await rmdir(this.#root).catch(() => {}); // another run waits in it
  }

  /** Lets go of the directory; what is in it stays for the next run. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock.release();
  }
}

function partialPath(out: string): string {
  return `${resolve(out)}.partial`;
}

async function makeRoot(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
  } catch (cause) {
    throw new OutputError(root, "not-writable", writeProblem(cause), { cause });
  }
  const ours = (name: string): boolean =>
    [LOCK, STATE, CHECKPOINT].includes(name) || name.includes(TEMPORARY);
  const foreign = (await readdir(root)).find((name) => !ours(name));
  if (foreign !== undefined)
    throw new OutputError(
      root,
      "exists",
      `expected the files of an interrupted run or nothing, got ${foreign} (move it away, or choose another place)`,
    );
}

async function takeLock(root: string): Promise<RunLock> {
  try {
    return await RunLock.take(join(root, LOCK));
  } catch (error) {
    await rmdir(root).catch(() => {}); // only if it is empty
    throw error;
  }
}

/** Keeps what an earlier run with the same plan finished, and nothing else. */
async function prepare(root: string, plan: StagingState["plan"]): Promise<StagingState> {
  const checkpoint = join(root, CHECKPOINT);
  const left = await readState(join(root, STATE));
  const isSame = left !== undefined && isDeepStrictEqual(left.plan, plan);
  if (!isSame) await rm(checkpoint, { recursive: true, force: true });
  await mkdir(checkpoint, { recursive: true });
  for (const directory of [root, checkpoint])
    for (const name of await readdir(directory))
      if (name.includes(TEMPORARY)) await rm(join(directory, name), { force: true });
  const state: StagingState = { plan, shards: {} };
  for (const [file, shard] of Object.entries(isSame ? left.shards : {})) {
    const found = await stat(join(checkpoint, file)).catch(() => undefined);
    if (found?.size === shard.sizeBytes) state.shards[file] = shard;
  }
  await writeState(join(root, STATE), state);
  return state;
}

/** Whether what stands under the final name is what a run with this plan made and was killed right after. */
async function isPlacedBy(root: string, plan: StagingState["plan"]): Promise<boolean> {
  const state = await readState(join(root, STATE));
  const isGone = !(await exists(join(root, CHECKPOINT)));
  return isGone && state !== undefined && isDeepStrictEqual(state.plan, plan);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function occupied(out: string): OutputError {
  return new OutputError(
    out,
    "exists",
    "expected nothing there, got a file or directory (remove it, or choose another place)",
  );
}

/** Flushes a file, or a directory's entries; not every system can. */
async function sync(path: string): Promise<void> {
  try {
    await using handle = await open(path);
    await handle.sync();
  } catch {
    // Windows opens no directories; its file system journals renames
  }
}
