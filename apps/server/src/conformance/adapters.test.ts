import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";
import { writeAdapter } from "../__fixtures__/write-adapter.ts";

const messages = [{ role: "user" as const, content: "What is NormHead?" }];

let started: Started;
let client: OpenAI;
let folder: string;
beforeAll(async () => {
  started = await start();
  client = started.client;
  folder = await mkdtemp(join(tmpdir(), "server-adapters-"));
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const load = (lora_name: string, lora_path: string): Promise<unknown> =>
  client.post("/load_lora_adapter", { body: { lora_name, lora_path } });
const unload = (lora_name: string): Promise<unknown> =>
  client.post("/unload_lora_adapter", { body: { lora_name } });

async function say(model: string): Promise<string> {
  const answer = await client.chat.completions.create({
    model,
    messages,
    temperature: 0,
    max_tokens: 12,
  });
  expect(answer.model).toBe(model);
  return answer.choices[0]?.message.content ?? "";
}

describe("adapters", () => {
  it("are models once they are loaded, answer in one batch, and are gone when they are unloaded", async () => {
    const base = await say(NAME);
    for (const [i, name] of ["poet", "clerk"].entries()) {
      const path = await writeAdapter(join(folder, name), started.model.config, 1 + i);
      expect(await load(name, path)).toMatchObject({
        id: `${NAME}:${name}`,
        parent: NAME,
        root: NAME,
      });
    }
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual([NAME, `${NAME}:poet`, `${NAME}:clerk`]);
    const alone = [base, await say(`${NAME}:poet`), await say(`${NAME}:clerk`)];
    expect(new Set(alone).size).toBe(3);
    expect(await Promise.all(ids.map((id) => say(id)))).toEqual(alone);
    expect(await unload("poet")).toMatchObject({ deleted: true });
    await expect(say(`${NAME}:poet`)).rejects.toThrow(OpenAI.NotFoundError);
    expect(await say(`${NAME}:clerk`)).toBe(alone[2]);
  });

  it("are unloaded by the client's delete; the model itself is not", async () => {
    const path = await writeAdapter(join(folder, "brief"), started.model.config, 3);
    await load("brief", path);
    const deleted = await client.models.delete(`${NAME}:brief`);
    expect(deleted).toEqual({ id: `${NAME}:brief`, object: "model", deleted: true });
    await expect(client.models.retrieve(`${NAME}:brief`)).rejects.toThrow(OpenAI.NotFoundError);
    await expect(client.models.delete(NAME)).rejects.toMatchObject({ status: 400, param: "model" });
  });

  it("may not share a name", async () => {
    const path = await writeAdapter(join(folder, "twin"), started.model.config, 5);
    await load("twin", path);
    await expect(load("twin", path)).rejects.toThrow(OpenAI.ConflictError);
  });

  it("of another shape of model are refused", async () => {
    const config = { ...started.model.config, hiddenSize: 64 };
    const path = await writeAdapter(join(folder, "small"), config, 1);
    await expect(load("small", path)).rejects.toMatchObject({ status: 400, code: "adapter_shape" });
  });

  it("that are not there are refused", async () => {
    await expect(load("ghost", join(folder, "nowhere"))).rejects.toMatchObject({
      status: 400,
      param: "lora_path",
    });
  });

  it("with a colon in their name are refused", async () => {
    await expect(load("a:b", folder)).rejects.toMatchObject({ status: 400, param: "lora_name" });
  });

  it("that were never loaded cannot be unloaded", async () => {
    await expect(unload("nobody")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  });
});
