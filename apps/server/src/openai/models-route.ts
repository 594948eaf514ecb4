import type { ModelEntry } from "../engine/served-model.ts";
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

/** `DELETE /v1/models/{model}`: unloads an adapter. */
export async function deleteModel({ served }: ServerState, c: ServerContext): Promise<Response> {
  const { id, adapter } = served.entry(c.req.param("model") ?? "");
  if (!adapter)
    throw invalidRequest(
      `model: expected an adapter's, got ${id} (the model itself goes with the server)`,
      {
        param: "model",
      },
    );
  await served.unloadAdapter(adapter.name);
  return c.json({ id, object: "model", deleted: true });
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
