import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { UNFINISHED, writeFolder, writeWhole } from "@baichuan2/model";
import type { Logger } from "pino";
import { notFound } from "../errors/api-error.ts";
import { isRecordId, newRecordId } from "../openai/record-id.ts";
import { fileFactsSchema, type FileFacts } from "./file-facts.ts";

const FACTS = "facts.json";
/** The ending tells the trainer to read it line by line. */
const CONTENT = "content.jsonl";

/** Files in a folder, each in a folder of its own: `{id}/content.jsonl` and `{id}/facts.json`. They appear whole or not at all. */
export class FileStore {
  readonly #directory: string;
  readonly #files = new Map<string, FileFacts>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens a folder, which is made if it is not there; what cannot be read in it is logged and left alone. */
  static async open(directory: string, logger: Logger): Promise<FileStore> {
    const store = new FileStore(directory);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      if (name.includes(UNFINISHED)) await rm(path, { recursive: true, force: true });
      if (!isRecordId("file", name)) continue;
      try {
        const facts = await readFile(join(path, FACTS), "utf8");
        store.#files.set(name, { ...fileFactsSchema.parse(JSON.parse(facts)), id: name });
      } catch (err) {
        logger.warn({ err, path }, "a stored file cannot be read");
      }
    }
    return store;
  }

  /** Oldest first. */
  get all(): readonly FileFacts[] {
    return [...this.#files.values()].toSorted((a, b) => a.createdMs - b.createdMs);
  }

  /** Undefined if no file has the id. */
  find(id: string): FileFacts | undefined {
    return this.#files.get(id);
  }

  /** @throws {ApiError} 404 if no file has the id. */
  get(id: string): FileFacts {
    const facts = this.find(id);
    if (facts) return facts;
    throw notFound(
      `file_id: expected the id of a file, got ${JSON.stringify(id.slice(0, 100))} (GET /v1/files lists them)`,
      { param: "file_id", code: "file_not_found" },
    );
  }

  /** Where the content of a file is. */
  contentPath({ id }: Pick<FileFacts, "id">): string {
    return join(this.#directory, id, CONTENT);
  }

  /**
   * Adds a file.
   *
   * @param fill - Writes the content to a path, and tells what it is.
   * @throws what `fill` throws; nothing is left then.
   */
  async add(
    fill: (path: string) => Promise<Pick<FileFacts, "filename" | "purpose" | "rows">>,
  ): Promise<FileFacts> {
    const id = newRecordId("file");
    let facts: FileFacts | undefined;
    await writeFolder(join(this.#directory, id), async (folder) => {
      const content = join(folder, CONTENT);
      const told = await fill(content);
      const { size } = await stat(content);
      facts = { id, createdMs: Date.now(), sizeBytes: size, ...told };
      const text = `${JSON.stringify(facts, null, 2)}\n`;
      await writeWhole(join(folder, FACTS), (handle) => handle.writeFile(text));
    });
    this.#files.set(id, facts as FileFacts);
    return facts as FileFacts;
  }

  /** Removes a file: it is gone at once, whatever happens while its content is deleted. */
  async remove({ id }: Pick<FileFacts, "id">): Promise<void> {
    this.#files.delete(id);
    const path = join(this.#directory, id);
    await rename(path, `${path}${UNFINISHED}deleted`);
    await rm(`${path}${UNFINISHED}deleted`, { recursive: true, force: true });
  }
}
