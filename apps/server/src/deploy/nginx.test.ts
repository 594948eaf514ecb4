import type OpenAI from "openai";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  inSession,
  question,
  replicaOf,
  startBalanced,
  type Balanced,
} from "../__fixtures__/balanced.ts";
import { deployFile, describeNginx } from "../__fixtures__/nginx.ts";
import { defaultSettings } from "../settings.ts";

/** A long answer: about a second of an idle machine. */
const LONG = 480;

describeNginx("nginx as it is shipped", () => {
  let balanced: Balanced;
  let client: OpenAI;
  beforeAll(async () => {
    balanced = await startBalanced();
    client = balanced.client();
  }, 60_000);
  afterAll(() => balanced[Symbol.asyncDispose]());

  const replicaThatAnswers = async (session?: string, more = {}): Promise<string> => {
    const options = session === undefined ? {} : inSession(session);
    const body = { ...question(4), ...more };
    const { response } = await client.chat.completions.create(body, options).withResponse();
    return replicaOf(response);
  };

  it("passes pieces of an answer on while the rest is still being generated", async () => {
    const body = { ...question(LONG), stream: true as const };
    const { data, response } = await client.chat.completions.create(body).withResponse();
    const replica = balanced.replicas[replicaOf(response)];
    let pieces = 0;
    let loadAtFirst = 0;
    for await (const { choices } of data) {
      if (choices[0]?.delta.content && pieces++ === 0) loadAtFirst = (await replica?.load()) ?? 0;
    }
    expect(loadAtFirst).toBe(1); // the first piece was here, and the request not at its end
    expect(pieces).toBeGreaterThan(50);
  });

  it("passes a refusal on, and takes no replica for dead because of it", async () => {
    const headers = { "x-refuse": "1" };
    for (let i = 0; i < 4; i++) {
      const error = await client.chat.completions.create(question(4), { headers }).then(
        () => undefined,
        (reason: unknown) => reason as { status: number; headers: Headers },
      );
      expect(error?.status).toBe(429);
      expect(error?.headers.get("retry-after")).toBe("7");
    }
    const others = await Promise.all(Array.from({ length: 12 }, () => replicaThatAnswers()));
    expect(new Set(others)).toEqual(new Set(["A", "B"]));
  });

  it("sends all requests of a session to one replica, where their beginning is cached", async () => {
    const sessions = Array.from({ length: 16 }, (_, index) => `conversation-${index}`);
    const seen = await Promise.all(
      sessions.map(async (session) => {
        const replicas = [];
        for (let turn = 0; turn < 3; turn++) replicas.push(await replicaThatAnswers(session));
        return [...new Set(replicas)];
      }),
    );
    expect(seen.every((replicas) => replicas.length === 1)).toBe(true);
    expect(new Set(seen.flat())).toEqual(new Set(["A", "B"]));

    const body = question(4, "Which sentences of ours are in the cache of which replica?");
    const ask = () => client.chat.completions.create(body, inSession("cached"));
    await ask();
    const { usage } = await ask();
    expect(usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(0);
  });

  it("spreads requests without a session", async () => {
    const replicas = await Promise.all(Array.from({ length: 12 }, () => replicaThatAnswers()));
    expect(replicas.filter((name) => name === "A").length).toBeGreaterThanOrEqual(3);
    expect(replicas.filter((name) => name === "B").length).toBeGreaterThanOrEqual(3);
  });

  it("lets a replica know that a client has gone", async () => {
    const body = { ...question(LONG), stream: true as const };
    const { data, response } = await client.chat.completions.create(body).withResponse();
    const replica = balanced.replicas[replicaOf(response)];
    for await (const _ of data) break; // leaving the loop aborts the request
    await vi.waitFor(async () => expect(await replica?.load()).toBe(0), {
      timeout: 10_000,
      interval: 20,
    });
    const metrics = await (await fetch(`${replica?.url}/metrics`)).text();
    expect(metrics).toMatch(/^baichuan2:request_aborted_total\{.*\} [1-9]/m);
  });

  it("passes request ids and a replica's own errors on", async () => {
    const headers = { "x-request-id": "mine:1" };
    const { response } = await client.models.list({ headers }).withResponse();
    expect(response.headers.get("x-request-id")).toBe("mine:1");
    const other = await fetch(`${balanced.nginx.url}/v1/models`, {
      headers: { "x-request-id": '"quoted"' },
    });
    expect(other.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    const failure = client.chat.completions.create({ ...question(1), model: "another" });
    await expect(failure).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  });

  it("refuses what is larger than the server takes, in the API's form", async () => {
    const content = "x".repeat(defaultSettings.bodyLimitBytes);
    const failure = client.chat.completions.create(question(1, content));
    await expect(failure).rejects.toMatchObject({ status: 413, code: "request_too_large" });
    const largest = "x".repeat(defaultSettings.bodyLimitBytes - 1000);
    const refusal = client.chat.completions.create(question(1, largest));
    await expect(refusal).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
  });

  it("takes bodies of files in full size, for one replica", async () => {
    const body = "x".repeat(2 * defaultSettings.bodyLimitBytes);
    for (let turn = 0; turn < 3; turn++) {
      const answer = await fetch(`${balanced.nginx.url}/v1/files`, { method: "POST", body });
      expect(answer.status).not.toBe(413);
      expect(replicaOf(answer)).toBe("A");
    }
  });

  it.each(["/metrics", "/load", "/v1/load_lora_adapter", "/v1/unload_lora_adapter"])(
    "answers %s itself: it is a matter of each replica",
    async (path) => {
      const answer = await fetch(balanced.nginx.url + path);
      expect(answer.headers.get("x-replica")).toBeNull();
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(await answer.json()).toMatchObject({ error: { code: "not_balanced" } });
    },
  );

  it("has the limits of the server", async () => {
    const config = await deployFile("nginx.conf");
    const mebibytes = [...config.matchAll(/client_max_body_size (\d+)m;/g)].map(([, m]) =>
      Number(m),
    );
    const { bodyLimitBytes, fileLimitBytes, requestTimeoutMs } = defaultSettings;
    expect(mebibytes).toEqual([bodyLimitBytes / 2 ** 20, fileLimitBytes / 2 ** 20 + 1]);
    const [, seconds] = /proxy_read_timeout (\d+)s;/.exec(config) ?? [];
    expect(Number(seconds)).toBeGreaterThan(requestTimeoutMs / 1000);
  });
});
