import { z } from "@hono/zod-openapi";
import type { ServerContext } from "../http/env.ts";
import { readBody } from "../http/read-body.ts";
import type { ServerState } from "../server-state.ts";
import { modelBody } from "./models-route.ts";

/** The body of `/v1/load_lora_adapter`, as vLLM has it. */
export const loadAdapterSchema = z
  .strictObject({
    lora_name: z.string().min(1).max(100),
    lora_path: z
      .string()
      .min(1)
      .openapi({ description: "A folder on the server that PEFT saved." }),
  })
  .openapi("LoadAdapterRequest");

/** `POST /v1/load_lora_adapter` */
export async function postLoadAdapter(
  { served, settings }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const { lora_name, lora_path } = await readBody(c, loadAdapterSchema, settings.isStrict);
  const { signal } = c.req.raw;
  const entry = await served.loadAdapter(lora_name, lora_path, signal);
  return c.json(modelBody(served.name, entry));
}

/** The body of `/v1/unload_lora_adapter`. */
export const unloadAdapterSchema = z
  .strictObject({ lora_name: z.string().min(1).max(100) })
  .openapi("UnloadAdapterRequest");

/** `POST /v1/unload_lora_adapter` */
export async function postUnloadAdapter(
  { served, settings }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const { lora_name } = await readBody(c, unloadAdapterSchema, settings.isStrict);
  await served.unloadAdapter(lora_name);
  return c.json({ id: `${served.name}:${lora_name}`, object: "model", deleted: true });
}
