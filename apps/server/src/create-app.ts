import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { addDocs } from "./docs/add-docs.ts";
import { endpoints, type Endpoint } from "./endpoints.ts";
import { invalidRequest, notFound } from "./errors/api-error.ts";
import { toApiError, told } from "./errors/to-api-error.ts";
import { fileEndpoints } from "./files/file-endpoints.ts";
import { jobEndpoints } from "./fine-tuning/job-endpoints.ts";
import { authenticate, requireAdmin } from "./http/authenticate.ts";
import type { Env, ServerContext } from "./http/env.ts";
import { limitBody } from "./http/limit-body.ts";
import { RateLimits } from "./http/rate-limit.ts";
import { IGNORED_HEADER } from "./http/read-body.ts";
import { refuseForeignPages } from "./http/refuse-foreign-pages.ts";
import { requestLine } from "./http/request-line.ts";
import { traced } from "./operations/tracing.ts";
import type { ServerState } from "./server-state.ts";

/** Headers that pages of other origins may read. */
const EXPOSED = [
  "x-request-id",
  IGNORED_HEADER,
  "openai-processing-ms",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  ...["requests", "tokens"].flatMap((kind) =>
    ["limit", "remaining", "reset"].map((what) => `x-ratelimit-${what}-${kind}`),
  ),
];

const all: readonly Endpoint[] = [...endpoints, ...fileEndpoints, ...jobEndpoints];

/**
 * The server as a function from requests to answers.
 *
 *   request ── line (id, log) ── trace ── CORS ── origin or key ── rate limit ── body limit ── endpoint ── answer
 */
export function createApp(state: ServerState): OpenAPIHono<Env> {
  const { settings, logger, metrics } = state;
  const app = new OpenAPIHono<Env>();
  app.use(requestLine(logger, metrics));
  app.use(traced(state.tracer));
  if (settings.corsOrigins.length > 0)
    app.use(cors({ origin: [...settings.corsOrigins], exposeHeaders: EXPOSED, maxAge: 600 }));
  if (settings.apiKeys.length === 0) app.use(refuseForeignPages(settings.corsOrigins));
  const limits = new RateLimits(settings.rateLimit);
  for (const endpoint of all) addEndpoint(app, state, endpoint, limits);
  addDocs(app, all, settings.version);
  app.notFound((c) => {
    throw notFound(`expected an endpoint of /openapi.json, got ${c.req.method} ${c.req.path}`, {
      code: "unknown_url",
    });
  });
  app.onError((error, c) => answerError(error, c));
  return app;
}

function addEndpoint(
  app: OpenAPIHono<Env>,
  state: ServerState,
  { method, path, access, answer, body = "json", isLimited = false }: Endpoint,
  limits: RateLimits,
): void {
  const { apiKeys, bodyLimitBytes } = state.settings;
  const route = path.replaceAll(/\{(\w+)\}/g, ":$1");
  const before: MiddlewareHandler<Env>[] = [];
  if (access !== "public") before.push(authenticate(apiKeys));
  if (access === "admin") before.push(requireAdmin);
  if (isLimited) before.push(limits.middleware);
  if (method === "post" && body === "json") before.push(limitBody(bodyLimitBytes));
  for (const handler of before) app.on(method.toUpperCase(), route, handler);
  app.on(method.toUpperCase(), route, (c) => answer(state, c));
}

function answerError(error: Error, c: ServerContext): Response {
  const apiError = toApiError(known(error), c.var.requestId);
  c.var.facts.error = told(apiError);
  for (const [name, value] of Object.entries(apiError.headers)) c.header(name, value);
  return c.json(apiError.toBody(), apiError.status);
}

/** What the framework throws. */
function known(error: Error): Error {
  if (!(error instanceof HTTPException) || error.status >= 500) return error;
  return invalidRequest(error.message || `status ${error.status}`, { cause: error });
}
