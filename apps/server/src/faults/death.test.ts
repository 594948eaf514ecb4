import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { APIConnectionError, APIError, type OpenAI } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";
import { expectRest } from "./__fixtures__/at-rest.ts";
import { crowd, EACH, reasonsOf } from "./__fixtures__/crowd.ts";

const question = {
  model: NAME,
  messages: [{ role: "user" as const, content: "What is NormHead?" }],
};

describe("when the engine's thread dies under load", () => {
  /** Threads of this process, in the order they were started. */
  const threads: Worker[] = [];
  const onThread = (thread: Worker): void => void threads.push(thread);
  /** A message that its program does not expect: an error that nobody catches. */
  const killThread = (): void => threads.at(-1)?.postMessage(null);
  let started: Started;
  let expected: string | null | undefined;
  const ask = async (client: OpenAI): Promise<string | null | undefined> =>
    (await client.chat.completions.create(question)).choices[0]?.message.content;
  beforeAll(async () => {
    process.on("worker", onThread);
    started = await start({ load: { maxSlots: 20_000, threads: 1 } });
    expected = await ask(started.client);
  });
  afterAll(async () => {
    process.off("worker", onThread);
    await started[Symbol.asyncDispose]();
  });

  it("all clients are told, the next request starts it again, and nothing is left behind", async () => {
    const [ends] = await crowd(started.url);
    killThread();
    for (const reason of reasonsOf((await ends) ?? [])) {
      expect(reason).toBeInstanceOf(APIError);
      expect(reason).toMatchObject({
        type: "server_error",
        code: "engine_unavailable",
        param: null,
      });
      const { status, headers } = reason as APIError;
      if (status === undefined) continue; // told within a stream
      expect(status).toBe(503);
      expect(headers?.get("retry-after")).toBe("1");
      expect(headers?.get("x-should-retry")).toBe("true");
    }
    await expectRest(started.url);
    expect(await ask(started.client)).toBe(expected);
    await expectRest(started.url);
  });

  it("streams that have begun end in an error event, others are a 503", async () => {
    const [ends] = await crowd(started.url);
    killThread();
    const statuses = reasonsOf((await ends) ?? []).map((reason) => (reason as APIError).status);
    expect(statuses.slice(0, EACH)).toEqual(Array.from({ length: EACH }, () => undefined));
    expect(statuses.slice(EACH)).toEqual(Array.from({ length: EACH }, () => 503));
  });

  it("clients that try again by themselves notice nothing", async () => {
    const patient = started.clientWith({ maxRetries: 2 });
    const long = { ...question, max_tokens: 100, ignore_eos: true };
    const answers = Array.from({ length: 8 }, () => patient.chat.completions.create(long));
    await new Promise((resolve) => setTimeout(resolve, 100));
    killThread();
    for (const { usage } of await Promise.all(answers)) expect(usage?.completion_tokens).toBe(100);
  });

  it("and again while it starts, clients are told at once", async () => {
    const [thread, count] = [threads.at(-1), threads.length];
    killThread();
    await new Promise((resolve) => thread?.once("exit", resolve));
    const asked = Array.from({ length: 8 }, () => ask(started.client));
    const settled = Promise.allSettled(asked);
    while (threads.length === count) await new Promise((resolve) => setTimeout(resolve, 1));
    killThread();
    for (const reason of reasonsOf(await settled)) expect(reason).toMatchObject({ status: 503 });
    expect(await ask(started.client)).toBe(expected);
    await expectRest(started.url);
  });
});

describe("when the server is killed under load", () => {
  it("its clients are told that the connection is lost", async () => {
    const path = fileURLToPath(new URL("./__fixtures__/serve.ts", import.meta.url));
    const stdio = ["ignore", "pipe", "inherit"] as const;
    const server = spawn(process.execPath, ["--conditions=@baichuan2/source", path], {
      stdio: [...stdio],
    });
    try {
      const [url] = (await once(server.stdout!, "data")) as [Buffer];
      const [ends] = await crowd(String(url).trim());
      server.kill("SIGKILL");
      const reasons = reasonsOf((await ends) ?? []);
      // What the client makes of a connection that closes within a stream: fetch's own error.
      const within = reasons.filter((reason) => !(reason instanceof APIConnectionError));
      for (const reason of within) expect(reason).toEqual(new TypeError("terminated"));
      expect(within.length).toBeLessThanOrEqual(EACH);
    } finally {
      server.kill("SIGKILL");
    }
  });
});
