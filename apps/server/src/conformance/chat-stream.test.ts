import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

const question = [{ role: "user", content: "你好，请介绍一下你自己" }] as const;

let started: Started;
let client: OpenAI;
beforeAll(async () => {
  started = await start({ pingIntervalMs: 100 });
  client = started.client;
});
afterAll(() => started[Symbol.asyncDispose]());

type Params = OpenAI.ChatCompletionCreateParamsStreaming;

const base: Params = {
  model: NAME,
  messages: [...question],
  temperature: 0,
  stream: true,
};

/** Does not end by itself: the end-of-sequence token cannot come. */
const endless = { max_tokens: 400, logit_bias: { "2": -100 } } as const;

async function chunksOf(more: Partial<Params> = {}): Promise<OpenAI.ChatCompletionChunk[]> {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create({ ...base, ...more }))
    chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: readonly OpenAI.ChatCompletionChunk[], index = 0): string =>
  chunks
    .flatMap(({ choices }) => choices)
    .filter((choice) => choice.index === index)
    .map(({ delta }) => delta.content ?? "")
    .join("");

describe("a stream", () => {
  it("begins with the role, ends with the reason, and gives the same text as the whole", async () => {
    const chunks = await chunksOf();
    const [first] = chunks;
    expect(first?.choices).toEqual([
      {
        index: 0,
        delta: { role: "assistant", content: "", refusal: null },
        logprobs: null,
        finish_reason: null,
      },
    ]);
    const reasons = chunks.map(({ choices }) => choices[0]?.finish_reason);
    expect(reasons.slice(0, -1).every((reason) => reason === null)).toBe(true);
    expect(reasons.at(-1)).toBe("stop");
    const whole = await client.chat.completions.create({ ...base, stream: false });
    expect(textOf(chunks)).toBe(whole.choices[0]?.message.content);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.every(({ object }) => object === "chat.completion.chunk")).toBe(true);
  });

  it("never splits a character", async () => {
    for (const { choices } of await chunksOf())
      for (const { delta } of choices) expect(delta.content ?? "").not.toMatch(/\uFFFD/);
  });

  it("tells usage in a chunk of its own where that is wanted, and null before", async () => {
    const chunks = await chunksOf({ stream_options: { include_usage: true } });
    const last = chunks.at(-1);
    expect(last?.choices).toEqual([]);
    expect(last?.usage?.total_tokens).toBe(
      (last?.usage?.prompt_tokens ?? NaN) + (last?.usage?.completion_tokens ?? NaN),
    );
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect((await chunksOf()).every((chunk) => !("usage" in chunk))).toBe(true);
  });

  it("takes include_obfuscation", async () => {
    const chunks = await chunksOf({
      stream_options: { include_obfuscation: false },
      max_tokens: 2,
    });
    expect(textOf(chunks)).toMatch(/\S/);
  });

  it("mixes several answers, each with a role and an end", async () => {
    const chunks = await chunksOf({ n: 2, seed: 4, temperature: 1.2, max_tokens: 12 });
    const whole = await client.chat.completions.create({
      ...base,
      stream: false,
      n: 2,
      seed: 4,
      temperature: 1.2,
      max_tokens: 12,
    });
    for (const index of [0, 1]) {
      expect(textOf(chunks, index)).toBe(whole.choices[index]?.message.content);
      const own = chunks.flatMap(({ choices }) => choices).filter((one) => one.index === index);
      expect(own[0]?.delta.role).toBe("assistant");
      expect(own.at(-1)?.finish_reason).toMatch(/stop|length/);
    }
  });

  it("tells log-probabilities with the text that they are of", async () => {
    const chunks = await chunksOf({ logprobs: true, top_logprobs: 2, max_tokens: 6 });
    const tokens = chunks.flatMap(({ choices }) => choices[0]?.logprobs?.content ?? []);
    expect(tokens).toHaveLength(6);
    expect(tokens.every(({ top_logprobs }) => top_logprobs.length === 2)).toBe(true);
  });

  it("is collected by the client's helper", async () => {
    const runner = client.chat.completions.stream({ ...base });
    const seen: string[] = [];
    runner.on("content", (delta) => seen.push(delta));
    const final = await runner.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe(seen.join(""));
  });

  it("keeps to a format", async () => {
    const chunks = await chunksOf({ response_format: { type: "json_object" }, max_tokens: 48 });
    expect(typeof JSON.parse(textOf(chunks))).toBe("object");
  });

  it("ends before a stop string that comes in pieces", async () => {
    const whole = textOf(await chunksOf());
    const stop = whole.slice(5, 11);
    const chunks = await chunksOf({ stop });
    expect(textOf(chunks)).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });

  it("has the headers that proxies need", async () => {
    const { response, data } = await client.chat.completions
      .create({ ...base, max_tokens: 1 })
      .withResponse();
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    for await (const _chunk of data);
  });

  it("is an error with a status where it cannot begin", async () => {
    const failing = client.chat.completions.create({ ...base, messages: [] });
    await expect(failing).rejects.toThrow(OpenAI.BadRequestError);
    const long = client.chat.completions.create({ ...base, max_tokens: 1_000_000 });
    await expect(long).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
  });

  it("sends comments while nothing else comes, and [DONE] at the end", async () => {
    await using narrow = await start({ load: { maxSequences: 1 }, pingIntervalMs: 30 });
    const first = narrow.client.chat.completions.create({ ...base, ...endless, stream: false });
    const running = async (): Promise<number> => (await narrow.model.stats()).sequences.running;
    await expect.poll(running).toBe(1);
    const texts = await Promise.all([
      postText(`${narrow.url}/v1/chat/completions`, { ...base, max_tokens: 4 }),
      postText(`${narrow.url}/v1/completions`, {
        model: NAME,
        prompt: "x",
        stream: true,
        max_tokens: 4,
      }),
    ]);
    await first;
    for (const text of texts) {
      expect(text).toMatch(/^: ping$/m);
      expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
    }
  });
});

describe("a client that leaves", () => {
  const running = async (): Promise<unknown> =>
    (await started.model.stats()).sequences.running +
    (await started.model.stats()).sequences.waiting;

  it("by its signal ends what it asked for", async () => {
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      { ...base, ...endless },
      { signal: controller.signal },
    );
    let count = 0;
    for await (const _chunk of stream) if (++count === 3) controller.abort();
    await expect.poll(running, { timeout: 5000 }).toBe(0);
  });

  it("by breaking off the loop does too", async () => {
    const stream = await client.chat.completions.create({
      ...base,
      ...endless,
    });
    for await (const _chunk of stream) break;
    await expect.poll(running, { timeout: 5000 }).toBe(0);
  });

  it("while it waits for a whole answer does too, and sees its own error", async () => {
    const controller = new AbortController();
    const answer = client.chat.completions.create(
      { ...base, stream: false, ...endless },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 100);
    await expect(answer).rejects.toThrow(OpenAI.APIUserAbortError);
    await expect.poll(running, { timeout: 5000 }).toBe(0);
  });

  it("by its timeout does too", async () => {
    const answer = client.chat.completions.create(
      { ...base, stream: false, ...endless },
      { timeout: 100 },
    );
    await expect(answer).rejects.toThrow(OpenAI.APIConnectionTimeoutError);
    await expect.poll(running, { timeout: 5000 }).toBe(0);
  });

  it("is counted", async () => {
    const text = await (await fetch(`${started.url}/metrics`)).text();
    const [, count] = /^baichuan2:request_aborted_total\{.*\} (\d+)$/m.exec(text) ?? [];
    expect(Number(count)).toBeGreaterThanOrEqual(4);
    expect(text).toContain('vllm:num_requests_running{model_name="tiny-chat"} 0');
  });
});

async function postText(url: string, body: object): Promise<string> {
  return (await fetch(url, { method: "POST", body: JSON.stringify(body) })).text();
}
