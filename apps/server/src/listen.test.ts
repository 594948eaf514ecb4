import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { loadModel, type Model } from "@baichuan2/model";
import OpenAI from "openai";
import { generate as selfSigned } from "selfsigned";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, tinyChat } from "./__fixtures__/start.ts";

let model: Model;
let folder: string;
beforeAll(async () => {
  model = await loadModel(tinyChat, { adapters: {}, maxWaiting: Number.MAX_SAFE_INTEGER });
  folder = await mkdtemp(join(tmpdir(), "listen-"));
});
afterAll(async () => {
  await model.dispose();
  await rm(folder, { recursive: true });
});

const messages = [{ role: "user" as const, content: "hello" }];
const endless = { max_tokens: 300, logit_bias: { "2": -100 } };
const running = async (): Promise<number> => (await model.stats()).sequences.running;

describe("listening", () => {
  it("beyond this machine needs a key, or the word that anybody may come", async () => {
    const host = "0.0.0.0";
    await expect(start({ model, listen: { host } })).rejects.toThrow(
      "host 0.0.0.0: expected an API key where other machines can reach the server, got none",
    );
    const apiKeys = [{ name: "ann", key: "sk-12345678", isAdmin: false }];
    await using guarded = await start({ model, apiKeys, listen: { host } });
    await using open = await start({ model, listen: { host, allowsAnybody: true } });
    expect([guarded.url, open.url].every((url) => url.startsWith("http://0.0.0.0:"))).toBe(true);
  });

  it("on a port that is taken is an error", async () => {
    await using first = await start({ model });
    const port = Number(new URL(first.url).port);
    await expect(start({ model, listen: { port } })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("on a Unix socket answers, takes the place of a dead one, and not of one in use", async () => {
    const socket = join(folder, "server.sock");
    const program = `require("net").createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, "SIGKILL"))`;
    await once(spawn(process.execPath, ["-e", program]), "exit"); // leaves it
    expect((await lstat(socket)).isSocket()).toBe(true);
    await using _started = await start({ model, listen: { socket } });
    const health = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ socketPath: socket, path: "/health" }, resolve).on("error", reject).end();
    });
    expect(await json(health)).toEqual({ status: "ok", model: NAME });
    await expect(start({ model, listen: { socket } })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });

  it("on a path that is a file leaves the file alone", async () => {
    const path = join(folder, "precious");
    await writeFile(path, "precious");
    await expect(start({ model, listen: { socket: path } })).rejects.toThrow();
    expect(await readFile(path, "utf8")).toBe("precious");
  });

  it("with a certificate speaks TLS", async () => {
    const { cert, private: key } = await selfSigned([{ name: "commonName", value: "localhost" }]);
    await using secure = await start({ model, listen: { tls: { cert, key } } });
    expect(secure.url).toMatch(/^https:/);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      secureRequest(`${secure.url}/livez`, { rejectUnauthorized: false }, resolve)
        .on("error", reject)
        .end();
    });
    expect(await json(answer)).toEqual({ status: "ok" });
  });

  it("garbage is refused in the form of all errors", async () => {
    await using started = await start({ model });
    const { port } = new URL(started.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.write("HELLO?\r\n\r\n"));
      socket.on("data", (data) => resolve(String(data))).on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"invalid_http"');
  });
});

describe("shutting down", () => {
  it("lets those inside end, refuses new ones, and answers probes with 503", async () => {
    const started = await start({ model });
    const inside = started.client.chat.completions.create({ model: NAME, messages, ...endless });
    await expect.poll(running).toBe(1);
    const closed = started.listening.close(20_000);
    const late = started.client.chat.completions.create({ model: NAME, messages });
    await expect(late).rejects.toThrow(OpenAI.APIError);
    const answer = await inside;
    expect(answer.usage?.completion_tokens).toBe(300);
    await closed;
    await expect(fetch(`${started.url}/livez`)).rejects.toThrow();
    expect(await running()).toBe(0);
  });

  it("cuts those that take longer than is left, with an error that clients know", async () => {
    const started = await start({ model });
    const whole = started.client.chat.completions.create({ model: NAME, messages, ...endless });
    const stream = await started.client.chat.completions.create({
      model: NAME,
      messages,
      ...endless,
      stream: true,
    });
    const read = (async () => {
      for await (const _chunk of stream);
    })();
    await expect.poll(running).toBe(2);
    const both = Promise.allSettled([whole, read]);
    await started.listening.close(10);
    for (const result of await both) {
      expect(result.status).toBe("rejected");
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(OpenAI.APIError);
    }
    expect(await running()).toBe(0);
  });
});
