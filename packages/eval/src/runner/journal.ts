import { open, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { RunLock } from "@baichuan2/model";
import { parseLine, type JournalLine } from "./journal-line.ts";

/** Names in a run's folder. */
const JOURNAL = "journal.jsonl";
const LOCK = "run.lock";

/** Ends a line; no other character of UTF-8 has this byte in it. */
const NEWLINE = 0x0a;

/**
 * What a run has done so far: a line of JSON for each sample, written as soon as it is graded.
 *
 * A process that is killed leaves at most a part of a line, which the next one takes away.
 */
export class Journal implements AsyncDisposable {
  /** Lines of earlier processes. */
  readonly lines: readonly JournalLine[];
  readonly #lock: RunLock;
  readonly #file: FileHandle;
  #written: Promise<void> = Promise.resolve();

  private constructor(lock: RunLock, file: FileHandle, lines: readonly JournalLine[]) {
    this.#lock = lock;
    this.#file = file;
    this.lines = lines;
  }

  /**
   * Opens a folder's journal to go on with it. No other process can meanwhile.
   *
   * @throws {EvalRunError} for a line that is no record.
   * @throws {OutputError} if another process has it.
   */
  static async open(folder: string): Promise<Journal> {
    const path = join(folder, JOURNAL);
    const lock = await RunLock.take(join(folder, LOCK));
    try {
      const { lines, bytes } = await readLines(path);
      const file = await open(path, "a");
      await file.truncate(bytes);
      return new Journal(lock, file, lines);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The lines of a folder's journal. */
  static async read(folder: string): Promise<readonly JournalLine[]> {
    return (await readLines(join(folder, JOURNAL))).lines;
  }

  /** Adds a line; resolves when the system has it. */
  append(line: JournalLine): Promise<void> {
    const text = `${JSON.stringify(line)}\n`;
    this.#written = this.#written.then(() => this.#file.appendFile(text));
    return this.#written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#written;
      await this.#file.sync();
    } finally {
      await this.#file.close();
      await this.#lock.release();
    }
  }
}

/** Whole lines of a journal, and their length in bytes: a part of a line has no end yet. */
async function readLines(
  path: string,
): Promise<{ readonly lines: readonly JournalLine[]; readonly bytes: number }> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const lines: JournalLine[] = [];
  let start = 0;
  for (let end = content.indexOf(NEWLINE); end >= 0; end = content.indexOf(NEWLINE, start)) {
    lines.push(
      parseLine(content.toString("utf8", start, end), `${path}, line ${lines.length + 1}`),
    );
    start = end + 1;
  }
  return { lines, bytes: start };
}
