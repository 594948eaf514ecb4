import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, type Model } from "@baichuan2/model";
import { toFile, type OpenAI } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { start, tinyChat, type Started } from "../__fixtures__/start.ts";
import { conversations, upload } from "../__fixtures__/training-file.ts";

const fileLimitBytes = 200_000;
const ADMIN = "an-admins-key";
const USER = "a-users-key";

let model: Model;
let dataDir: string;
let started: Started;
let client: OpenAI;
beforeAll(async () => {
  model = await loadModel(tinyChat, { adapters: {} });
  dataDir = await mkdtemp(join(tmpdir(), "baichuan2-files-"));
});
afterAll(async () => {
  await model.dispose();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  const apiKeys = [
    { name: "admin", key: ADMIN, isAdmin: true },
    { name: "user", key: USER, isAdmin: false },
  ];
  started = await start({ model, dataDir, fileLimitBytes, apiKeys });
  client = started.clientWith({ apiKey: ADMIN });
});
afterEach(async () => {
  for await (const { id } of client.files.list()) await client.files.delete(id);
  await started[Symbol.asyncDispose]();
});

/** What is on disk. */
const stored = (): Promise<string[]> => readdir(join(dataDir, "files"));

describe("a file", () => {
  it("is stored, told of, read and deleted", async () => {
    const text = conversations(3);
    const file = await client.files.create({
      file: await toFile(Buffer.from(text), "数据.jsonl"),
      purpose: "fine-tune",
    });
    expect(file).toMatchObject({
      id: expect.stringMatching(/^file-[0-9a-f]{24}$/),
      object: "file",
      bytes: Buffer.byteLength(text),
      filename: "数据.jsonl",
      purpose: "fine-tune",
      status: "processed",
    });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    const content = await client.files.content(file.id);
    expect(content.headers.get("content-disposition")).toContain("%E6%95%B0%E6%8D%AE.jsonl");
    expect(await content.text()).toBe(text);
    expect(await client.files.delete(file.id)).toEqual({
      id: file.id,
      object: "file",
      deleted: true,
    });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
    expect(await stored()).toEqual([]);
  });

  it("is there after a restart", async () => {
    const id = await upload(client);
    const before = await client.files.retrieve(id);
    await started[Symbol.asyncDispose]();
    started = await start({ model, dataDir });
    client = started.client;
    expect(await client.files.retrieve(id)).toEqual(before);
  });

  it("may be larger than the bodies of other requests", async () => {
    const other = join(dataDir, "large");
    await using large = await start({ model, dataDir: other, fileLimitBytes: 2 ** 30 });
    const text = conversations(45_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(large.server.settings.bodyLimitBytes);
    const id = await upload(large.client, text);
    expect((await large.client.files.retrieve(id)).bytes).toBe(Buffer.byteLength(text));
    await large.client.files.delete(id);
  });
});

describe("files", () => {
  it("are listed in pages, newest or oldest first, by purpose", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift(await upload(client));
    const page = await client.files.list({ limit: 2 });
    expect(page.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(page.has_more).toBe(true);
    const listed: string[] = [];
    for await (const { id } of client.files.list({ limit: 1, order: "asc" })) listed.push(id);
    expect(listed).toEqual(ids.toReversed());
    expect((await client.files.list({ purpose: "fine-tune-results" })).data).toEqual([]);
    await expect(client.files.list({ after: "file-1" })).rejects.toMatchObject({
      status: 400,
      param: "after",
    });
    await expect(client.files.list({ limit: 0 })).rejects.toMatchObject({ param: "limit" });
  });

  it("are for admins", async () => {
    const user = started.clientWith({ apiKey: USER });
    await expect(user.files.list()).rejects.toMatchObject({ status: 403 });
    await expect(upload(user)).rejects.toMatchObject({ status: 403 });
  });

  it("are not found under other ids", async () => {
    for (const id of ["file-1", "..%2F..%2F..%2Fetc%2Fpasswd", `file-${"0".repeat(24)}`])
      await expect(client.files.content(id)).rejects.toMatchObject({ status: 404 });
  });
});

describe("an upload", () => {
  afterEach(async () => expect(await stored()).toEqual([]));

  const row = (messages: object[]): string => JSON.stringify({ messages });
  const user = { role: "user", content: "Hi" };
  const answer = { role: "assistant", content: "Hello" };
  it.each([
    ["nothing", "", "file: expected at least one line"],
    ["no JSON", `${row([user, answer])}\n\n{"messages`, "file, line 3: expected a JSON object"],
    ["no object", "[1]", "file, line 1: expected an object"],
    ["another layout", '{"instruction":"a","output":"b"}', "file, line 1: expected an object with"],
    ["no answer", row([user]), "file, line 1: expected a message of the assistant, got none"],
    ["another role", row([{ ...user, role: "tool" }, answer]), "file, line 1, messages.0.role"],
    ["no text", row([user, { role: "assistant" }]), "file, line 1, messages.1.content"],
    ["an answer not to learn", row([user, { ...answer, weight: 0 }]), "messages[1].weight"],
    ["no UTF-8", Buffer.from([0x7b, 0xff]), "file, line 1: expected UTF-8"],
  ])("of %s is refused, naming the line", async (_, text, message) => {
    const file = await toFile(Buffer.from(text), "rows.jsonl");
    await expect(client.files.create({ file, purpose: "fine-tune" })).rejects.toMatchObject({
      status: 400,
      param: "file",
      code: "invalid_training_file",
      message: expect.stringContaining(message),
    });
  });

  it("with another purpose is refused", async () => {
    const file = await toFile(Buffer.from(conversations(1)), "rows.jsonl");
    await expect(client.files.create({ file, purpose: "batch" })).rejects.toMatchObject({
      status: 400,
      param: "purpose",
    });
    const expires_after = { anchor: "created_at", seconds: 3600 } as const;
    const expiring = client.files.create({ file, purpose: "fine-tune", expires_after });
    await expect(expiring).rejects.toMatchObject({ status: 400, param: "expires_after" });
  });

  it("that is too large is refused, whether its length is told or not", async () => {
    const text = "x".repeat(fileLimitBytes + 1);
    await expect(upload(client, text)).rejects.toMatchObject({ status: 413, param: "file" });
    await expect(upload(client, text.repeat(5))).rejects.toMatchObject({ status: 413 });
    const answer = await send(formOf(text));
    expect(answer.status).toBe(413);
  });

  it("that is no form, or has no file, is refused", async () => {
    const headers = { authorization: `Bearer ${ADMIN}` };
    const json = { ...headers, "content-type": "application/json" };
    const wrong = await send("{}", { headers: json });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ error: { code: "invalid_form" } });
    const noFile = new FormData();
    noFile.set("purpose", "fine-tune");
    const answer = await send(noFile, { headers });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param: "file" } });
  });

  it("that breaks off leaves nothing", async () => {
    const { port } = new URL(started.url);
    const socket = connect(Number(port), "127.0.0.1");
    const head = `POST /v1/files HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${ADMIN}\r\n`;
    socket.write(
      `${head}content-type: multipart/form-data; boundary=b\r\ncontent-length: 9999\r\n\r\n`,
    );
    socket.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n{"mess');
    await expect.poll(stored).toHaveLength(1);
    socket.destroy();
    await expect.poll(stored).toEqual([]);
  });

  const BOUNDARY = "between-the-parts";

  /** A form whose length nobody knows beforehand. */
  function formOf(text: string): ReadableStream<Uint8Array> {
    const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n`;
    return new Blob([`${head}${text}\r\n--${BOUNDARY}--\r\n`]).stream();
  }

  function send(body: BodyInit, init: RequestInit = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${ADMIN}`,
      "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    };
    const options = { method: "POST", headers, body, duplex: "half", ...init } as RequestInit;
    return fetch(`${started.url}/v1/files`, options);
  }
});

it("facts lie beside the content of a file", async () => {
  const id = await upload(client, conversations(2));
  const facts: unknown = JSON.parse(
    await readFile(join(dataDir, "files", id, "facts.json"), "utf8"),
  );
  expect(facts).toMatchObject({ id, filename: "rows.jsonl", purpose: "fine-tune", rows: 2 });
});
