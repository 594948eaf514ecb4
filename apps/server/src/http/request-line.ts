import { randomBytes } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Logger } from "pino";
import type { Metrics } from "../operations/metrics.ts";
import type { Env } from "./env.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Ids that clients may give their requests. */
const CLIENT_ID = /^[\w.:-]{1,128}$/;

/** Paths that are asked for all the time and say nothing. */
const QUIET: ReadonlySet<string> = new Set(["/health", "/livez", "/metrics"]);

/** Names each request, and writes a line about it when its answer has ended; no line has prompts, unless the facts do. */
export function requestLine(logger: Logger, metrics: Metrics): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header("x-request-id") ?? "";
    const requestId = CLIENT_ID.test(given) ? given : `req_${randomBytes(12).toString("hex")}`;
    const begun = performance.now();
    const facts: RequestFacts = {};
    c.set("requestId", requestId);
    c.set("facts", facts);
    c.header("x-request-id", requestId);
    const end = (): void => {
      const { method, path } = c.req;
      const status = facts.errorStatus ?? c.res.status;
      if (facts.isGone) metrics.aborted();
      else if (status >= 400) metrics.failed(status);
      const { error, errorStatus: _status, onEnd: _onEnd, ...told } = facts;
      const line = {
        requestId,
        method,
        path,
        status,
        ms: Math.round(performance.now() - begun),
        caller: c.get("caller")?.name,
        ...told,
        ...(error !== undefined && { err: error }),
      };
      if (status >= 500) logger.error(line, "request");
      else if (QUIET.has(path)) logger.debug(line, "request");
      else logger.info(line, "request");
    };
    facts.onEnd = end;
    await next();
    c.header("openai-processing-ms", String(Math.round(performance.now() - begun)));
    if (!facts.isStream) facts.onEnd();
  };
}
