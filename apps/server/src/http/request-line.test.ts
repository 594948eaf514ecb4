import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, it } from "vitest";
import { NAME, start } from "../__fixtures__/start.ts";

const SECRET = "a secret that nobody may read";

async function linesOf(logsPrompts: boolean): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const apiKeys = [{ name: "ann", key: "sk-very-secret", isAdmin: false }];
  await using started = await start({
    logger: pino({ level: "info" }, stream),
    logsPrompts,
    apiKeys,
  });
  const client = started.clientWith({ apiKey: "sk-very-secret" });
  const params = {
    model: NAME,
    messages: [{ role: "user" as const, content: SECRET }],
    max_tokens: 3,
  };
  await client.chat.completions.create(params);
  for await (const _chunk of await client.chat.completions.create({ ...params, stream: true }));
  await client.chat.completions.create({ ...params, model: "other" }).catch(() => {});
  await fetch(`${started.url}/health`);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it("each request is a line without prompts and keys; probes are none", async () => {
  const lines = await linesOf(false);
  expect(lines.map(({ path, status }) => [path, status])).toEqual([
    ["/v1/chat/completions", 200],
    ["/v1/chat/completions", 200],
    ["/v1/chat/completions", 404],
  ]);
  const [whole, stream, failed] = lines;
  for (const line of [whole, stream])
    expect(line).toMatchObject({
      requestId: expect.stringMatching(/^req_/),
      method: "POST",
      caller: "ann",
      model: NAME,
      promptTokens: expect.any(Number),
      completionTokens: 3,
      finishReason: "length",
      ms: expect.any(Number),
      timeToFirstTokenMs: expect.any(Number),
    });
  expect(stream).toMatchObject({ isStream: true });
  expect(failed).toHaveProperty("err");
  const text = JSON.stringify(lines);
  expect(text).not.toContain("secret");
});

it("prompts and answers are in it where they are asked for", async () => {
  const [line] = await linesOf(true);
  expect(JSON.stringify(line)).toContain(SECRET);
  expect(line).toHaveProperty("answer");
});
