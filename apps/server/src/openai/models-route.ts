import type { ModelEntry, ServedModel } from "../engine/served-model.ts";
import { invalidRequest } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";

/** `GET /v1/models` */
export function listModels({ served }: ServerState, c: ServerContext): Response {
  return c.json({
    object: "list",
    data: served.entries.map((entry) => modelBody(served.name, entry)),
  });
}

/** `GET /v1/models/{model}` */
export function getModel({ served }: ServerState, c: ServerContext): Response {
  return c.json(modelBody(served.name, served.entry(c.req.param("model") ?? "")));
}

/** `DELETE /v1/models/{model}`: unloads an adapter; one that a job has made is deleted for good. */
export async function deleteModel(
  { served, data }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const id = c.req.param("model") ?? "";
  const isTuned = (await data?.jobs.deleteModel(id)) ?? false;
  if (!isTuned) await unload(served, id);
  return c.json({ id, object: "model", deleted: true });
}

async function unload(served: ServedModel, id: string): Promise<void> {
  const { adapter } = served.entry(id);
  if (adapter) return served.unloadAdapter(adapter.name);
  throw invalidRequest(
    `model: expected an adapter's, got ${id} (the model itself goes with the server)`,
    { param: "model" },
  );
}

/** A model as it is told; an adapter names the model that it changes. */
export function modelBody(base: string, { id, created, adapter }: ModelEntry) {
  return {
    id,
    object: "model" as const,
    created,
    owned_by: "baichuan2",
    root: base,
    parent: adapter ? base : null,
  };
}
