import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WeightFile } from "./weight-file.ts";
import type { WeightLocation, WeightStore } from "./weight-store.ts";

/**
 * Writes weights into one file that the session then maps. ONNX Runtime packs the matrices it multiplies with, one
 * after another, and lets go of the mapping: peak memory is the packed model, not twice the model.
 * What it does not pack (outlier columns) stays mapped, and tables are read where they lie, so the file must outlive the
 * session where the system cannot unlink a file in use (Windows).
 */
export class StagingStore implements WeightStore {
  readonly directory: string;
  readonly #file: WeightFile;

  private constructor(directory: string, file: WeightFile) {
    this.directory = directory;
    this.#file = file;
  }

  /** @param parent - Folder to make the staging folder in; needs as much space as the weights in their formats. */
  static async create(parent: string): Promise<StagingStore> {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent, PREFIX);
    const directory = await mkdtemp(join(parent, PREFIX));
    return new StagingStore(directory, await WeightFile.create(join(directory, WEIGHTS_FILE)));
  }

  reserve(sizeBytes: number): Promise<WeightLocation> {
    return this.#file.reserve(sizeBytes);
  }

  write(location: WeightLocation, offset: number, bytes: Uint8Array): Promise<void> {
    return this.#file.write(location, offset, bytes);
  }

  /** Writes the model beside the weights; returns its path. */
  async finish(model: Uint8Array): Promise<string> {
    await this.#file.close();
    const path = join(this.directory, MODEL_FILE);
    await writeFile(path, model);
    return path;
  }

  /** Removes the folder; on Windows only possible once the session is gone. */
  async remove(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

const PREFIX = "staging-";

/** The model's file beside the weights. */
export const MODEL_FILE = "model.onnx";

/** The weights' file in a folder that a process makes for itself; its age tells whether the process lives. */
export const WEIGHTS_FILE = "weights.bin";

/** A folder that nobody has written to for a day belongs to a process that was killed while it loaded. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what killed processes left behind: tens of gigabytes each.
 *
 * @param prefix - How the names of their folders begin.
 */
export async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((entry) => entry.startsWith(prefix))) {
    const directory = join(parent, name);
    const files = await stat(join(directory, WEIGHTS_FILE)).catch(() => undefined);
    const isAbandoned = files && Date.now() - files.mtimeMs > ABANDONED_AFTER_MS;
    // On Windows a live session's folder can be that old; its mapped file then refuses to go.
    if (isAbandoned) await rm(directory, { recursive: true, force: true }).catch(() => {});
  }
}
