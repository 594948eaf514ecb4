import { unavailable } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";

/** `GET /health`: 200 where requests would be answered, 503 while the server shuts down. */
export async function getHealth(
  { admission, served }: ServerState,
  c: ServerContext,
): Promise<Response> {
  if (admission.isDraining)
    throw unavailable("the server is shutting down", { code: "shutting_down" });
  return c.json({ status: "ok", model: served.name });
}

/** `GET /livez`: the process listens. */
export function getLive(c: ServerContext): Response {
  return c.json({ status: "ok" });
}

/** `GET /version` */
export function getVersion({ settings, served }: ServerState, c: ServerContext): Response {
  const { model, name } = served;
  return c.json({
    version: settings.version,
    model: name,
    dtype: model.dtype,
    node: process.version,
  });
}

/** `GET /load`: requests inside, as vLLM tells it, and the engine's own counts. */
export async function getLoad(
  { admission, served }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const { sequences, slots } = await served.model.stats();
  return c.json({ server_load: admission.requests, sequences, slots });
}

/** `GET /metrics` */
export async function getMetrics(
  { metrics, served }: ServerState,
  c: ServerContext,
): Promise<Response> {
  c.header("content-type", metrics.contentType);
  return c.body(await metrics.render(await served.model.stats()));
}
