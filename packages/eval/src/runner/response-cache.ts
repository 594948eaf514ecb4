import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { EvalRequest, EvalResponse } from "../eval-request.ts";
import { responseSchema } from "./journal-line.ts";

/** Rises when a request may be answered otherwise than before by the same model: caches of before are left alone then. */
const ANSWERS_VERSION = 1;

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
    const identity = JSON.stringify([ANSWERS_VERSION, fingerprint]);
    const hash = createHash("sha256").update(identity).digest("hex");
    const folder = join(directory, hash.slice(0, 32));
    await mkdir(folder, { recursive: true });
    const responses = new Map<string, EvalResponse>();
    for (const name of await readdir(folder))
      for (const { key, response } of await readLines(join(folder, name)))
        responses.set(key, response);
    const path = join(folder, `${randomBytes(8).toString("hex")}.jsonl`);
    return new ResponseCache(responses, path);
  }

  /** The answer to an equal request. */
  get(request: EvalRequest): EvalResponse | undefined {
    const response = this.#responses.get(keyOf(request));
    return response?.kind === request.kind ? response : undefined;
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

/** Answers of a file of ours; what a killed process left half, or nobody can read, is asked again. */
async function readLines(path: string): Promise<CacheLine[]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").flatMap((line) => {
    const read = lineSchema.safeParse(parsed(line));
    return read.success ? [read.data as CacheLine] : [];
  });
}

const lineSchema = z.object({ key: z.string(), response: responseSchema });

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
