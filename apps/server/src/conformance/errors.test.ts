import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

const messages = [{ role: "user" as const, content: "hello" }];

let started: Started;
let client: OpenAI;
beforeAll(async () => {
  started = await start({ bodyLimitBytes: 20_000 });
  client = started.client;
});
afterAll(() => started[Symbol.asyncDispose]());

/** Sends whatever it is given. */
const chat = (more: Record<string, unknown>, other = client): Promise<unknown> =>
  other.chat.completions.create({ model: NAME, messages, max_tokens: 1, ...more } as never);

describe("a request that is wrong", () => {
  it.each([
    ["a temperature of 3", { temperature: 3 }, "temperature"],
    ["a temperature of words", { temperature: "hot" }, "temperature"],
    ["a top_p below 0", { top_p: -0.1 }, "top_p"],
    ["an n of 0", { n: 0 }, "n"],
    ["an n of 129", { n: 129 }, "n"],
    ["max_tokens of 0", { max_tokens: 0 }, "max_tokens"],
    ["max_tokens of one and a half", { max_tokens: 1.5 }, "max_tokens"],
    ["five stop strings", { stop: ["a", "b", "c", "d", "e"] }, "stop"],
    ["an empty stop string", { stop: "" }, "stop"],
    ["a bias of 200", { logit_bias: { "5": 200 } }, "logit_bias.5"],
    ["a bias of a word", { logit_bias: { hello: 1 } }, "logit_bias.hello"],
    ["a bias beyond the vocabulary", { logit_bias: { "9999999": 1 } }, "logit_bias"],
    ["top_logprobs without logprobs", { top_logprobs: 2 }, "top_logprobs"],
    ["21 top_logprobs", { logprobs: true, top_logprobs: 21 }, "top_logprobs"],
    ["no messages", { messages: [] }, "messages"],
    ["a message without a role", { messages: [{ content: "x" }] }, "messages[0].role"],
    [
      "a message of another role",
      { messages: [{ role: "cat", content: "x" }] },
      "messages[0].role",
    ],
    ["a message without content", { messages: [{ role: "user" }] }, "messages[0].content"],
    [
      "an image",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      "messages[0].content[0].type",
    ],
    ["system messages alone", { messages: [{ role: "system", content: "x" }] }, "messages"],
    ["sound", { modalities: ["text", "audio"] }, "modalities[1]"],
    [
      "a schema that is none",
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "x", schema: { type: "wrong" } },
        },
      },
      "response_format",
    ],
    [
      "a structured output that is none",
      { structured_outputs: { regex: "(" } },
      "structured_outputs",
    ],
    [
      "a function whose parameters are no schema",
      {
        tools: [{ type: "function", function: { name: "f", parameters: { type: "wrong" } } }],
        tool_choice: "required",
      },
      "tools",
    ],
    [
      "a wrong field beside an unknown one, among alternatives",
      { messages: [{ role: "user", content: [{ type: "text", text: 3, cache_control: {} }] }] },
      "messages[0].content[0].text",
    ],
    ["another format", { response_format: { type: "yaml" } }, "response_format.type"],
    [
      "two formats",
      { response_format: { type: "json_object" }, structured_outputs: { regex: "a" } },
      "structured_outputs",
    ],
    ["more tokens than the context", { max_tokens: 100_000 }, "max_tokens"],
    [
      "a longer conversation",
      { messages: [{ role: "user", content: "长".repeat(2000) }] },
      "messages",
    ],
  ])("is refused with its field: %s", async (_what, more, param) => {
    const failed = chat(more);
    await expect(failed).rejects.toThrow(OpenAI.BadRequestError);
    await expect(failed).rejects.toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param,
      requestID: expect.stringMatching(/^req_/),
    });
  });

  it.each([
    ["suffix", { suffix: "x" }],
    ["best_of", { best_of: 4 }],
    ["max_tokens", { max_tokens: 0 }],
    ["prompt", { prompt: [] }],
    ["prompt", { prompt: [99_999_999] }],
    ["logprobs", { logprobs: 21 }],
  ])("is refused with its field in completions: %s", async (param, more) => {
    const failed = client.completions.create({ model: NAME, prompt: "x", ...more } as never);
    await expect(failed).rejects.toMatchObject({ status: 400, param });
  });

  it("for another model is a NotFoundError", async () => {
    const failed = chat({ model: "gpt-4o" });
    await expect(failed).rejects.toThrow(OpenAI.NotFoundError);
    await expect(failed).rejects.toMatchObject({ code: "model_not_found", param: "model" });
  });

  it("for another address is a NotFoundError", async () => {
    await expect(client.get("/nothing")).rejects.toMatchObject({
      status: 404,
      code: "unknown_url",
    });
    await expect(client.images.generate({ prompt: "x" })).rejects.toThrow(OpenAI.NotFoundError);
  });

  it("that is too large is refused with 413", async () => {
    const failed = chat({ messages: [{ role: "user", content: "x".repeat(30_000) }] });
    await expect(failed).rejects.toMatchObject({ status: 413, code: "request_too_large" });
  });

  it("that is no JSON is refused with what is wrong", async () => {
    const response = await fetch(`${started.url}/v1/chat/completions`, {
      method: "POST",
      body: "{",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "invalid_json", message: expect.stringContaining("expected JSON, got") },
    });
  });
});

describe("fields that are not known", () => {
  const more = { colour: "red", messages: [{ role: "user", content: "hi", mood: "good" }] };

  it("are left aside, and named in a header", async () => {
    const { response } = await client.chat.completions
      .create({ model: NAME, max_tokens: 1, ...more } as never)
      .withResponse();
    expect(response.headers.get("x-baichuan2-ignored")).toBe("messages[0].mood, colour");
  });

  it("of OpenAI's that would change the answer are named too", async () => {
    const { response } = await client.chat.completions
      .create({ model: NAME, messages, max_tokens: 1, reasoning_effort: "high", verbosity: "low" })
      .withResponse();
    expect(response.headers.get("x-baichuan2-ignored")).toBe("reasoning_effort, verbosity");
  });

  it("are refused by a strict server", async () => {
    await using strict = await start({ isStrict: true, model: started.model });
    const failed = chat(more, strict.client);
    await expect(failed).rejects.toMatchObject({
      status: 400,
      param: "messages[0].mood",
      code: "unknown_parameter",
    });
  });
});

describe("keys", () => {
  const keys = [
    { name: "ann", key: "sk-ann-12345", isAdmin: false },
    { name: "root", key: "sk-root-12345", isAdmin: true },
  ];

  it("let in who has one", async () => {
    await using guarded = await start({ apiKeys: keys, model: started.model });
    const withKey = (apiKey: string) => guarded.clientWith({ apiKey });
    await expect(withKey("sk-ann-12345").models.list()).resolves.toBeDefined();
    await expect(withKey("sk-ann-12346").models.list()).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(chat({}, withKey("wrong"))).rejects.toMatchObject({
      status: 401,
      code: "invalid_api_key",
    });
    const response = await fetch(`${guarded.url}/v1/models`);
    expect(response.status).toBe(401);
    for (const path of ["/health", "/livez", "/version", "/metrics", "/openapi.json", "/docs"])
      expect((await fetch(guarded.url + path)).status).toBe(200);
  });

  it("of admins alone load adapters", async () => {
    await using guarded = await start({ apiKeys: keys, model: started.model });
    const body = { lora_name: "x", lora_path: "/nowhere" };
    const failed = guarded
      .clientWith({ apiKey: "sk-ann-12345" })
      .post("/load_lora_adapter", { body });
    await expect(failed).rejects.toThrow(OpenAI.PermissionDeniedError);
  });
});

describe("limits", () => {
  it("of requests a minute are a RateLimitError with the time to wait", async () => {
    await using limited = await start({
      rateLimit: { requestsPerMinute: 2 },
      model: started.model,
    });
    const { response } = await limited.client.chat.completions
      .create({ model: NAME, messages, max_tokens: 1 })
      .withResponse();
    expect(response.headers.get("x-ratelimit-limit-requests")).toBe("2");
    expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("1");
    await chat({}, limited.client);
    const failed = chat({}, limited.client);
    await expect(failed).rejects.toThrow(OpenAI.RateLimitError);
    const { headers } = (await failed.catch((reason: unknown) => reason)) as { headers: Headers };
    expect(Number(headers.get("retry-after-ms"))).toBeGreaterThan(0);
    expect(headers.get("x-should-retry")).toBe("true");
  });

  it("of tokens a minute hold once they are used up", async () => {
    await using limited = await start({ rateLimit: { tokensPerMinute: 5 }, model: started.model });
    await chat({ max_tokens: 8 }, limited.client);
    await expect(chat({}, limited.client)).rejects.toMatchObject({
      status: 429,
      code: "rate_limit_exceeded",
    });
  });

  it("of tokens a minute hold for those who leave early too", async () => {
    await using limited = await start({
      rateLimit: { tokensPerMinute: 1000 },
      model: started.model,
    });
    const stream = await limited.client.chat.completions.create({
      model: NAME,
      messages,
      max_tokens: 300,
      logit_bias: { "2": -100 },
      stream: true,
    });
    let count = 0;
    for await (const _chunk of stream) if (++count > 20) break;
    const left = async (): Promise<number> => {
      const answer = await limited.client.completions
        .create({ model: NAME, prompt: "x", max_tokens: 1 })
        .withResponse();
      return Number(answer.response.headers.get("x-ratelimit-remaining-tokens"));
    };
    await expect.poll(left).toBeLessThan(985);
  });

  it("of those who wait send others away, who come again by themselves", async () => {
    await using narrow = await start({ load: { maxSequences: 1 }, maxSequences: 1, maxWaiting: 1 });
    const endless = { max_tokens: 200, logit_bias: { "2": -100 } };
    const two = [chat(endless, narrow.client), chat(endless, narrow.client)];
    await expect.poll(async () => (await narrow.model.stats()).sequences.waiting).toBe(1);
    await expect(chat({}, narrow.client)).rejects.toMatchObject({
      status: 429,
      code: "queue_full",
    });
    const patient = narrow.clientWith({ maxRetries: 10 });
    await expect(chat({}, patient)).resolves.toBeDefined();
    await Promise.all(two);
  });

  it("of time end a request with 504", async () => {
    await using hasty = await start({ requestTimeoutMs: 60, model: started.model });
    const failed = chat({ max_tokens: 400, logit_bias: { "2": -100 } }, hasty.client);
    await expect(failed).rejects.toMatchObject({ status: 504, code: "request_timeout" });
  });
});
