import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../../errors/api-error.ts";
import { enterRequest } from "../../engine/run-request.ts";
import type { ServerContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import type { ServerState } from "../../server-state.ts";
import { textsSchema } from "../completions/completion-schema.ts";
import { promptsOf, TEXT_CONTEXTS } from "../prompts.ts";
import { silentFields } from "../sampling-schema.ts";

/** Most texts of a request, as in OpenAI's API. */
const MAX_INPUTS = 2048;

/** The body of `/v1/embeddings`. */
export const embeddingsSchema = z
  .strictObject({
    model: z.string(),
    input: textsSchema(MAX_INPUTS),
    encoding_format: z.enum(["float", "base64"]).nullish(),
    dimensions: z.number().int().min(1).nullish(),
    user: silentFields.user,
  })
  .openapi("EmbeddingsRequest");

/** `POST /v1/embeddings`: means of the states behind the final norm, of length 1. */
export async function postEmbeddings(state: ServerState, c: ServerContext): Promise<Response> {
  const { served, settings } = state;
  const request = await readBody(c, embeddingsSchema, settings.isStrict);
  const { id, adapter } = served.choose(request.model);
  checkDimensions(request.dimensions, served.model.config.hiddenSize);
  const texts = promptsOf(request.input).map((text) => {
    if ("text" in text) served.checkLength(text.text, "input", TEXT_CONTEXTS);
    return { tokenIds: served.model.promptIds(text) };
  });
  const empty = texts.findIndex(({ tokenIds }) => tokenIds.length === 0);
  if (empty >= 0)
    throw invalidRequest(`input: expected texts with a token at least, got an empty one`, {
      param: texts.length === 1 ? "input" : `input[${empty}]`,
    });
  using running = enterRequest(state, c, Math.min(texts.length, settings.maxSequences));
  const { signal } = running;
  const vectors = await served.model.embed(texts, { signal, adapter });
  const promptTokens = texts.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  Object.assign(c.var.facts, { model: id, promptTokens });
  const data = vectors.map((vector, index) => ({
    object: "embedding" as const,
    index,
    embedding: encoded(normalized(vector), request.encoding_format ?? "float"),
  }));
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  return c.json({ object: "list", data, model: id, usage });
}

function checkDimensions(dimensions: number | null | undefined, hiddenSize: number): void {
  if (dimensions === null || dimensions === undefined || dimensions === hiddenSize) return;
  throw invalidRequest(
    `dimensions: expected ${hiddenSize}, got ${dimensions} (a part of these vectors means nothing by itself)`,
    { param: "dimensions" },
  );
}

function normalized(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function encoded(vector: Float32Array, format: "float" | "base64"): number[] | string {
  if (format === "float") return [...vector];
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
