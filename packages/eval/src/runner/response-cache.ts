import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { EvalRequest, EvalResponse } from "../eval-request.ts";

interface CacheLine {
  readonly key: string;
  readonly response: EvalResponse;
}

/**
 * Answers of a model by what it was asked: other runs, recipes and shards with the same question find them.
 *
 * A folder for each model; each process writes a file of its own, so that many can share the folder.
 */
export class ResponseCache implements AsyncDisposable {
  readonly #responses: Map<string, EvalResponse>;
  readonly #path: string;
  #file: Promise<FileHandle> | undefined;
  #written: Promise<void> = Promise.resolve();

  private constructor(responses: Map<string, EvalResponse>, path: string) {
    this.#responses = responses;
    this.#path = path;
  }

  /** Opens the cache of a model. @param directory - Of all models; made where it is not there. */
  static async open(directory: string, fingerprint: string): Promise<ResponseCache> {
    const folder = join(
      directory,
      createHash("sha256").update(fingerprint).digest("hex").slice(0, 32),
    );
    await mkdir(folder, { recursive: true });
    const responses = new Map<string, EvalResponse>();
    for (const name of await readdir(folder))
      for (const { key, response } of await readWholeLines(join(folder, name)))
        responses.set(key, response);
    const path = join(folder, `${randomBytes(8).toString("hex")}.jsonl`);
    return new ResponseCache(responses, path);
  }

  /** The answer to an equal request. */
  get(request: EvalRequest): EvalResponse | undefined {
    return this.#responses.get(keyOf(request));
  }

  /** Keeps an answer; resolves when the system has it. */
  set(request: EvalRequest, response: EvalResponse): Promise<void> {
    const line: CacheLine = { key: keyOf(request), response };
    this.#responses.set(line.key, response);
    this.#written = this.#written.then(() => this.#append(`${JSON.stringify(line)}\n`));
    return this.#written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#written;
    } finally {
      await (await this.#file)?.close();
    }
  }

  /** The file is made with its first line: a run that finds all answers leaves none behind. */
  async #append(text: string): Promise<void> {
    this.#file ??= open(this.#path, "wx");
    await (await this.#file).appendFile(text);
  }
}

/** Requests are built by one function each, so that equal ones have their fields in the same order. */
function keyOf(request: EvalRequest): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}

/** Lines of a file of ours; what a killed process left half is passed over. */
async function readWholeLines(path: string): Promise<CacheLine[]> {
  const lines = (await readFile(path, "utf8")).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as CacheLine);
}
