import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { invalidRequest, tooLarge, type ApiError } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";

/** What a form brought besides the content of its file. */
export interface Upload {
  readonly filename: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Where the content goes, and how much of it. */
export interface UploadTarget {
  /** Nothing is there yet. */
  readonly path: string;
  readonly limitBytes: number;
}

/** Room for a form's other fields and the lines between them. */
const FORM_BYTES = 64 * 1024;
const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 4096;
const MAX_NAME_CHARACTERS = 255;

/**
 * Reads a form (`multipart/form-data`) with one file, named `file`, whose content is written as it comes.
 *
 * @throws {ApiError} 413 for a file that is too large, 400 for what is no such form.
 */
export async function receiveUpload(c: ServerContext, target: UploadTarget): Promise<Upload> {
  if (Number(c.req.header("content-length") ?? 0) > target.limitBytes + FORM_BYTES)
    throw tooLarge("file", target.limitBytes);
  const form = openForm(c.req.header("content-type") ?? "", target.limitBytes);
  const stop = new AbortController();
  const received = collect(form, target, stop);
  try {
    const body = c.req.raw.body ?? new Blob([]).stream();
    await pipeline(Readable.fromWeb(body as ReadableStream), form, { signal: stop.signal });
  } catch (cause) {
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : badForm(cause);
    stop.abort(reason);
    await received.written?.catch(() => {});
    throw reason;
  }
  await received.written;
  const { filename, fields } = received;
  if (filename === undefined)
    throw invalidRequest("file: expected a file in the form, got none", { param: "file" });
  return { filename, fields };
}

interface Received {
  readonly fields: Map<string, string>;
  filename?: string;
  written?: Promise<void>;
}

function collect(
  form: BusboyInstance,
  { path, limitBytes }: UploadTarget,
  stop: AbortController,
): Received {
  const received: Received = { fields: new Map() };
  form.on("field", (name, value) => received.fields.set(name, value));
  form.on("file", (name, content, filename) => {
    if (name !== "file" || received.written) {
      content.resume();
      const message = `${name.slice(0, 100)}: expected one file, named "file", got another one`;
      return stop.abort(invalidRequest(message, { param: "file" }));
    }
    content.once("limit", () => stop.abort(tooLarge("file", limitBytes)));
    received.filename = [...(filename || "upload.jsonl").toWellFormed()]
      .slice(0, MAX_NAME_CHARACTERS)
      .join("");
    const file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
    received.written = pipeline(content, file, { signal: stop.signal });
    received.written.catch((error: unknown) => stop.abort(error));
  });
  return received;
}

function openForm(contentType: string, fileSize: number): BusboyInstance {
  const limits = { fileSize, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, files: 2 };
  try {
    if (!/^multipart\/form-data\b/i.test(contentType)) throw new TypeError("another content type");
    return new Busboy({ headers: { "content-type": contentType }, limits });
  } catch (cause) {
    const got = contentType.slice(0, 100) || "none";
    throw invalidRequest(`content-type: expected multipart/form-data with a boundary, got ${got}`, {
      code: "invalid_form",
      cause,
    });
  }
}

function badForm(cause: unknown): ApiError {
  const got = cause instanceof Error ? cause.message.slice(0, 200) : "another one";
  return invalidRequest(`body: expected a whole form, got ${got}`, { code: "invalid_form", cause });
}
