import { cp, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { LinearError } from "./weight-error.ts";

/** What decides the content of the result: two runs with equal plans write equal files. */
export type QuantizePlan = Readonly<Record<string, unknown>>;

const STATE_FILE = "quantize-state.json";

const stateSchema = z.object({
  plan: z.record(z.string(), z.unknown()),
  shards: z.record(
    z.string(),
    z.object({
      sizeBytes: z.int().min(0),
      errors: z.array(
        z.object({ name: z.string(), relativeError: z.number(), maxError: z.number() }),
      ),
    }),
  ),
});
type State = z.infer<typeof stateSchema>;

/** What is known of a finished shard. */
export interface FinishedShard {
  readonly sizeBytes: number;
  /** Of its linears; empty if no report was wanted. */
  readonly errors: readonly LinearError[];
}

/**
 * `OUT.partial`, where a checkpoint grows until it is whole and takes its name. A run that was killed leaves it behind; the
 * next one with the same plan goes on after the last finished shard, one with another plan starts over.
 *
 *   OUT.partial/model-00001-of-00033.safetensors …   finished shards, each renamed into place when complete
 *   OUT.partial/quantize-state.json                  the plan, and the finished shards
 */
export class StagingDirectory {
  readonly path: string;
  readonly #out: string;
  #state: State;

  private constructor(out: string, state: State) {
    this.#out = out;
    this.path = partialPath(out);
    this.#state = state;
  }

  /** @throws {CheckpointError} if something stands in the place of the result, or it cannot be written. */
  static async open(out: string, plan: QuantizePlan): Promise<StagingDirectory> {
    await refuseExisting(out);
    const path = partialPath(out);
    const left = await readState(join(path, STATE_FILE));
    const known = JSON.parse(JSON.stringify(plan)) as State["plan"];
    if (left && isDeepStrictEqual(left.plan, known)) {
      const staging = new StagingDirectory(out, left);
      await staging.#removeTemporaries();
      return staging;
    }
    await rm(path, { recursive: true, force: true });
    const staging = new StagingDirectory(out, { plan: known, shards: {} });
    try {
      await mkdir(path, { recursive: true });
    } catch (cause) {
      throw new CheckpointError(path, `cannot be written (${codeOf(cause)})`, { cause });
    }
    await staging.#writeState();
    return staging;
  }

  /** A shard that an earlier run finished. */
  finished(file: string): FinishedShard | undefined {
    return this.#state.shards[file];
  }

  /** Remembers a shard that stands under its name. */
  async finish(file: string, { sizeBytes, errors }: FinishedShard): Promise<void> {
    this.#state.shards[file] = { sizeBytes, errors: [...errors] };
    await this.#writeState();
  }

  /** Writes a small file. */
  async writeText(name: string, text: string): Promise<void> {
    await writeFile(join(this.path, name), text, { flush: true });
  }

  /** Copies a small file of the source, following links as the hub's cache has them. */
  async copy(from: string): Promise<void> {
    await cp(from, join(this.path, basename(from)), { dereference: true });
  }

  /** Gives the directory its name. */
  async complete(): Promise<void> {
    await rm(join(this.path, STATE_FILE));
    await sync(this.path);
    await refuseExisting(this.#out);
    await rename(this.path, this.#out);
    await sync(dirname(resolve(this.#out)));
  }

  /** What a killed writer left: it never had its final name. */
  async #removeTemporaries(): Promise<void> {
    const names = await readdir(this.path);
    for (const name of names.filter((entry) => entry.includes(".tmp-")))
      await rm(join(this.path, name), { force: true });
  }

  async #writeState(): Promise<void> {
    const path = join(this.path, STATE_FILE);
    await writeFile(`${path}.tmp-`, JSON.stringify(this.#state, null, 2), { flush: true });
    await rename(`${path}.tmp-`, path);
  }
}

function partialPath(out: string): string {
  return `${out.replace(/[/\\]+$/, "")}.partial`;
}

async function refuseExisting(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (found)
    throw new CheckpointError(
      out,
      "expected nothing there, got a file or directory (remove it, or choose another place)",
    );
}

async function readState(path: string): Promise<State | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined; // none, or damaged: the work starts over
  }
}

/** Flushes a directory's entries; not every system can. */
async function sync(directory: string): Promise<void> {
  try {
    await using handle = await open(directory);
    await handle.sync();
  } catch {
    // Windows opens no directories; its file system journals renames
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
