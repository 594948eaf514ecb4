import type { z } from "zod";
import { note, readChunks, write, type Cli, type Output } from "./io.ts";
import { isFatal, LineError, toLineError } from "./line-error.ts";
import { toJsonLine } from "./to-json-line.ts";

/** The answer to one line: an object, or its JSON text in pieces where it may be too long for one string. */
export type LineAnswer = Readonly<Record<string, unknown>> | Iterable<string>;

/** One kind of line: what it holds and what answers it. */
export interface JsonLinesTask<Row> {
  readonly schema: z.ZodType<Row>;
  readonly answer: (row: Row) => LineAnswer | Promise<LineAnswer>;
  /** Lines answered at the same time; the order of the output stays that of the input. Default 1. */
  readonly parallel?: number | undefined;
}

/**
 * Answers JSON objects, one a line, from stdin to stdout: one line out for each line in, in the same order.
 *
 * A line is read only when there is room for its work, so a long input is never held in memory. A line that
 * cannot be answered gives `{"error": {"code", "message"}}` and the next one is read; blank lines are skipped.
 *
 * @throws what makes every further line fail as well (the model is gone, Ctrl+C, nobody reads the output).
 */
export async function runJsonLines<Row>(
  cli: Cli,
  { schema, answer, parallel = 1 }: JsonLinesTask<Row>,
): Promise<void> {
  const { io, t } = cli;
  const output = new OrderedOutput(io.stdout);
  const running = new Set<Promise<void>>();
  let lines = 0;
  for await (const line of readLines(readChunks(io.stdin, io.signal))) {
    if (io.signal.aborted) break;
    if (isBlank(line)) continue;
    lines += 1;
    const job = output.add(answerLine(line, { schema, answer }));
    running.add(job);
    void job.then(() => running.delete(job));
    if (running.size >= parallel) await Promise.race(running);
    if (output.failure) break;
  }
  await Promise.all(running);
  if (output.failure) throw output.failure.error;
  io.signal.throwIfAborted();
  const failed = output.errorLines;
  if (failed > 0)
    note(io, t("error.prefix", { message: t("jsonLines.failed", { failed, lines }) }));
}

/** Writes answers in the order in which their lines came, each as soon as it and all before it are there. */
class OrderedOutput {
  readonly #stream: Output;
  #last: Promise<void> = Promise.resolve();
  /** Lines answered with an error. */
  errorLines = 0;
  /** What ended the run: answers after it are dropped. */
  failure: { readonly error: unknown } | undefined;

  constructor(stream: Output) {
    this.#stream = stream;
  }

  /** Never rejects; settles when the answer is written, or dropped. */
  add(answer: Promise<AnsweredLine>): Promise<void> {
    this.#last = this.#write(answer, this.#last);
    return this.#last;
  }

  async #write(answer: Promise<AnsweredLine>, before: Promise<void>): Promise<void> {
    const [{ value, error }] = await Promise.all([settle(answer), before]);
    if (this.failure) return;
    try {
      if (!value) throw error;
      if (value.isError) this.errorLines += 1;
      for (const piece of value.pieces) await write(this.#stream, piece);
    } catch (cause) {
      this.failure ??= { error: cause };
    }
  }
}

/** A promise's outcome as data, so that a rejection can wait until it is asked for. */
function settle<Value>(promise: Promise<Value>): Promise<{ value?: Value; error?: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

interface AnsweredLine {
  readonly pieces: Iterable<string>;
  readonly isError: boolean;
}

async function answerLine<Row>(line: Uint8Array, task: JsonLinesTask<Row>): Promise<AnsweredLine> {
  try {
    return { pieces: toLine(await task.answer(parseLine(line, task.schema))), isError: false };
  } catch (error) {
    if (isFatal(error)) throw error;
    return { pieces: toLine({ error: toLineError(error) }), isError: true };
  }
}

function* toLine(answer: LineAnswer): Generator<string> {
  if (Symbol.iterator in answer) {
    yield* answer as Iterable<string>;
    yield "\n";
  } else yield toJsonLine(answer);
}

function parseLine<Row>(line: Uint8Array, schema: z.ZodType<Row>): Row {
  const parsed = schema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new LineError("ERR_REQUEST", `line: ${describeIssues(parsed.error)}`, {
    cause: parsed.error,
  });
}

function parseJson(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LineError("ERR_JSON", `line: expected one JSON object in UTF-8, got: ${reason}`, {
      cause,
    });
  }
}

/** More would make the answer to a long damaged list as long as the list. */
const MAX_ISSUES = 3;

function describeIssues({ issues }: z.ZodError): string {
  const shown = issues.slice(0, MAX_ISSUES).map(({ path, message }) => {
    const key = path.map(String).join(".");
    return key === "" ? message : `${key}: ${message}`;
  });
  const hidden = issues.length - shown.length;
  return `${shown.join("; ")}${hidden > 0 ? `; and ${hidden} more` : ""}`;
}

const NEWLINE = 0x0a;

/**
 * Lines as bytes. Only "\n" ends a line (node:readline also splits at U+2028, which JSON strings may hold), and
 * bytes that are not UTF-8 are seen instead of replaced.
 */
async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield Buffer.concat([...parts, rest.subarray(0, end)]);
      parts = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) parts.push(rest);
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

/** Spaces, tabs and carriage returns only. */
function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
