import type { MiddlewareHandler } from "hono";
import { ApiError, clientGone, tooLarge } from "../errors/api-error.ts";
import type { Env, ServerContext } from "./env.ts";

/**
 * Refuses bodies that are too large: by the length that they say, which the parser holds them to, or as they come.
 *
 * Hono's own makes a `Request` from one that the Node adapter has not replaced the global class for, which Node refuses.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<Env> {
  return async (c, next) => {
    const length = c.req.header("content-length");
    if (length === undefined) await replaceBody(c, maxBytes);
    else if (Number(length) > maxBytes) throw tooLarge("body", maxBytes);
    return next();
  };
}

/** Reads a body of unknown length, and puts it back. */
async function replaceBody(c: ServerContext, maxBytes: number): Promise<void> {
  const { raw, url, method } = c.req;
  if (!raw.body) return;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of raw.body) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge("body", maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    c.var.facts.isGone = true;
    throw clientGone(error);
  }
  const { headers, signal } = raw;
  c.req.raw = new Request(url, { method, headers, signal, body: Buffer.concat(chunks) });
}
