import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { z } from "@hono/zod-openapi";
import { ApiError, invalidRequest } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import { listPage, pageFields } from "../http/list-page.ts";
import { readQuery } from "../http/read-body.ts";
import { requireData } from "../server-data.ts";
import type { ServerState } from "../server-state.ts";
import { checkTrainingRows } from "./check-training-rows.ts";
import { fileBody } from "./file-facts.ts";
import { receiveUpload, type Upload } from "./receive-upload.ts";

/** The form of `POST /v1/files`. */
export const uploadSchema = z
  .strictObject({
    file: z.string().openapi({ format: "binary", description: "JSONL of conversations." }),
    purpose: z.enum(["fine-tune"]),
  })
  .openapi("UploadFileRequest");

/** `POST /v1/files`: stores a file of conversations, if a model can be trained on it. */
export async function postFile(state: ServerState, c: ServerContext): Promise<Response> {
  const { files } = requireData(state);
  const { fileLimitBytes: limitBytes, isStrict } = state.settings;
  const facts = await files.add(async (path) => {
    const upload = await receiveUpload(c, { path, limitBytes });
    checkFields(upload, isStrict);
    const rows = await checkTrainingRows(path, "file");
    return { filename: upload.filename, purpose: "fine-tune", rows };
  });
  return c.json(fileBody(facts));
}

function checkFields({ fields }: Upload, isStrict: boolean): void {
  const purpose = fields.get("purpose");
  if (purpose !== "fine-tune")
    throw invalidRequest(
      `purpose: expected "fine-tune", got ${JSON.stringify(purpose?.slice(0, 100) ?? null)} (files serve nothing else here)`,
      { param: "purpose" },
    );
  for (const name of fields.keys()) {
    if (name.startsWith("expires_after"))
      throw invalidRequest(
        "expires_after: expected none, got one (files stay until they are deleted)",
        { param: "expires_after" },
      );
    if (isStrict && name !== "purpose")
      throw invalidRequest(`${name.slice(0, 100)}: expected file and purpose, got another field`, {
        param: name.slice(0, 100),
        code: "unknown_parameter",
      });
  }
}

/** Of the query of `GET /v1/files`. */
export const filesQuery = z.strictObject({
  ...pageFields(10_000, 10_000),
  order: z.enum(["asc", "desc"]).default("desc"),
  purpose: z.string().optional(),
});

/** `GET /v1/files` */
export function listFiles(state: ServerState, c: ServerContext): Response {
  const { files } = requireData(state);
  const query = readQuery(c, filesQuery, state.settings.isStrict);
  const wanted = files.all.filter(
    ({ purpose }) => query.purpose === undefined || purpose === query.purpose,
  );
  const ordered = query.order === "asc" ? wanted : wanted.toReversed();
  return c.json(listPage(ordered.map(fileBody), query));
}

/** `GET /v1/files/{file_id}` */
export function getFile(state: ServerState, c: ServerContext): Response {
  return c.json(fileBody(requireData(state).files.get(c.req.param("file_id") ?? "")));
}

/** `GET /v1/files/{file_id}/content` */
export function getFileContent(state: ServerState, c: ServerContext): Response {
  const { files } = requireData(state);
  const facts = files.get(c.req.param("file_id") ?? "");
  const name = encodeURIComponent(facts.filename.toWellFormed());
  c.header("content-type", "application/jsonl");
  c.header("content-length", String(facts.sizeBytes));
  c.header("content-disposition", `attachment; filename*=UTF-8''${name}`);
  return c.body(Readable.toWeb(createReadStream(files.contentPath(facts))) as ReadableStream);
}

/** `DELETE /v1/files/{file_id}`; 409 while a job needs it. */
export async function deleteFile(state: ServerState, c: ServerContext): Promise<Response> {
  const { files, jobs } = requireData(state);
  const facts = files.get(c.req.param("file_id") ?? "");
  const user = jobs.userOf(facts.id);
  if (user !== undefined)
    throw new ApiError(
      `file_id: expected a file that no job needs, got one of ${user} (cancel that job first)`,
      {
        status: 409,
        type: "invalid_request_error",
        code: "file_in_use",
        param: "file_id",
        shouldRetry: false,
      },
    );
  await files.remove(facts);
  return c.json({ id: facts.id, object: "file", deleted: true });
}
