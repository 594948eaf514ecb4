import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

let started: Started;
let client: OpenAI;
beforeAll(async () => {
  started = await start();
  client = started.client;
});
afterAll(() => started[Symbol.asyncDispose]());

describe("embeddings", () => {
  it("are vectors of length 1, as floats and as the client's default base64", async () => {
    const { data, usage, model } = await client.embeddings.create({
      model: NAME,
      input: ["你好", "hello there"],
    });
    expect(model).toBe(NAME);
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    const floats = await client.embeddings.create({
      model: NAME,
      input: ["你好", "hello there"],
      encoding_format: "float",
    });
    for (const [i, { embedding }] of data.entries()) {
      expect(embedding).toHaveLength(started.model.config.hiddenSize);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      for (const [j, value] of embedding.entries())
        expect(value).toBeCloseTo(floats.data[i]?.embedding[j] ?? NaN, 6);
    }
    expect(usage.prompt_tokens).toBeGreaterThan(2);
  });

  it("of ids are those of their text", async () => {
    const ids = [...started.model.promptIds({ text: "hello" })];
    const [one, two] = await Promise.all(
      [ids, "hello"].map((input) =>
        client.embeddings.create({ model: NAME, input, encoding_format: "float" }),
      ),
    );
    const [a = [], b = []] = [one, two].map((answer) => answer?.data[0]?.embedding);
    // They may share a run or not, which changes the last bits.
    expect(a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) < 1e-6)).toBe(true);
  });

  it("of other dimensions are refused", async () => {
    const failed = client.embeddings.create({ model: NAME, input: "x", dimensions: 3 });
    await expect(failed).rejects.toMatchObject({ status: 400, param: "dimensions" });
  });
});

describe("decisions", () => {
  it("answer predicates, choices and scores in their order", async () => {
    const decision = await client.decisions.create({
      model: NAME,
      input: "Guangzhou is warm in winter.",
      questions: [
        { type: "predicate", name: "warm", instructions: "Is it about the weather?" },
        {
          type: "choice",
          name: "where",
          instructions: [{ type: "input_text", text: "Where?" }],
          choices: [
            { value: "Guangzhou" },
            { value: "Beijing", description: "the capital" },
            { value: true },
          ],
        },
        {
          type: "score",
          instructions: "How warm?",
          levels: [{ label: "cold" }, { label: "mild" }, { label: "hot" }],
        },
      ],
    });
    const [predicate, choice, score] = decision.answers;
    expect(predicate).toMatchObject({
      type: "predicate",
      name: "warm",
      probability: expect.any(Number),
    });
    if (choice?.type !== "choice" || score?.type !== "score") throw new Error("expected answers");
    expect(choice.probabilities.map(({ value }) => value)).toEqual(["Guangzhou", "Beijing", true]);
    expect(choice.probabilities.reduce((sum, one) => sum + one.probability, 0)).toBeCloseTo(1, 4);
    const best = choice.probabilities.find(({ value }) => value === choice.choice);
    expect(best?.probability).toBe(choice.confidence);
    expect(score.name).toBeNull();
    const mean = score.probabilities.reduce((sum, one) => sum + one.value * one.probability, 0);
    expect(score.score).toBeCloseTo(mean, 4);
    expect(decision.usage.total_tokens).toBeGreaterThan(0);
  });

  it("take conversations with calls, JSON and many choices", async () => {
    const choices = Array.from({ length: 60 }, (_, i) => ({ value: `option ${i}` }));
    const { answers } = await client.decisions.create({
      model: NAME,
      input: [
        { role: "developer", content: "be fair" },
        { role: "user", content: [{ type: "input_json", data: { size: 3 } }] },
        { type: "function_call", name: "f", arguments: "{}", call_id: "c1" },
        { type: "function_call_output", call_id: "c1", output: "done" },
        { role: "assistant", content: [{ type: "output_text", text: "ok" }] },
      ],
      questions: [{ type: "predicate", instructions: "x?" }].concat() as never,
    });
    expect(answers).toHaveLength(1);
    const many = await client.decisions
      .create({
        model: NAME,
        input: "x",
        questions: [{ type: "choice", instructions: "?", choices: choices.slice(0, 27) }],
      })
      .catch((error: unknown) => error);
    // 27 choices with two letters each: more than this model's context may hold, and then it says so.
    if (many instanceof OpenAI.APIError) expect(many.code).toBe("context_length_exceeded");
    else expect(many).toHaveProperty("answers");
  });

  it("are computed behind a beginning that questions share", async () => {
    const input = "一".repeat(120);
    const before = (await started.model.stats()).prefixCache.hitTokens;
    const questions = Array.from({ length: 4 }, (_, i) => ({
      type: "predicate" as const,
      instructions: `question ${i}?`,
    }));
    await client.decisions.create({ model: NAME, input, questions });
    expect((await started.model.stats()).prefixCache.hitTokens - before).toBeGreaterThan(300);
  });

  it.each([
    [
      "images",
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "x" }] }] },
      /^input/,
    ],
    [
      "two equal choices",
      {
        questions: [
          { type: "choice", instructions: "?", choices: [{ value: "a" }, { value: "a" }] },
        ],
      },
      /choices/,
    ],
    ["no question", { questions: [] }, /questions/],
  ] as const)("refuse %s", async (_what, more, param) => {
    const questions = [{ type: "predicate", instructions: "?" }];
    const failed = client.decisions.create({
      model: NAME,
      input: "x",
      questions,
      ...more,
    } as never);
    await expect(failed).rejects.toMatchObject({
      status: 400,
      param: expect.stringMatching(param),
    });
  });
});

describe("models", () => {
  it("are listed, and told one by one", async () => {
    const { data } = await client.models.list();
    expect(data).toMatchObject([{ id: NAME, object: "model", owned_by: "baichuan2" }]);
    expect(await client.models.retrieve(NAME)).toMatchObject({ id: NAME });
    await expect(client.models.retrieve("other")).rejects.toThrow(OpenAI.NotFoundError);
  });
});

describe("tokens", () => {
  it("are told in vLLM's form and in llama-server's, and turned back", async () => {
    const ids = [...started.model.promptIds({ text: "你好, world" })];
    const post = (path: string, body: object) => post2(`${started.url}${path}`, body);
    expect(
      await post("/tokenize", { prompt: "你好, world", return_token_strs: true }),
    ).toMatchObject({
      tokens: ids,
      count: ids.length,
      max_model_len: started.model.config.modelMaxLength,
      token_strs: expect.any(Array),
    });
    expect(await post("/tokenize", { content: "你好, world" })).toMatchObject({ tokens: ids });
    const pieces = (await post("/tokenize", { content: "你好", with_pieces: true })) as {
      tokens: { id: number; piece: string }[];
    };
    expect(pieces.tokens[0]).toEqual({ id: expect.any(Number), piece: expect.any(String) });
    expect(await post("/detokenize", { tokens: ids })).toEqual({
      prompt: "你好, world",
      content: "你好, world",
    });
    expect(
      await post("/tokenize", { prompt: "<reserved_106>", parse_special: true }),
    ).toMatchObject({
      tokens: [started.model.generationConfig.userTokenId],
    });
    expect(await post("/tokenize", { messages: [{ role: "user", content: "x" }] })).toMatchObject({
      tokens: [...started.model.promptIds({ messages: [{ role: "user", content: "x" }] })],
    });
    expect(await post("/detokenize", { tokens: [99_999_999] })).toMatchObject({
      error: { param: "tokens[0]" },
    });
    expect(await post("/tokenize", { prompt: "x", content: "y" })).toMatchObject({ error: {} });
  });
});

describe("operation", () => {
  it("tells health, version and load", async () => {
    const get = async (path: string): Promise<unknown> => (await fetch(started.url + path)).json();
    expect(await get("/health")).toEqual({ status: "ok", model: NAME });
    expect(await get("/livez")).toEqual({ status: "ok" });
    expect(await get("/version")).toMatchObject({ version: "0.0.0", model: NAME });
    expect(await get("/load")).toMatchObject({ server_load: 0, sequences: { running: 0 } });
  });

  it("describes itself, offline", async () => {
    const document = (await (await fetch(`${started.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, unknown>;
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/v1/chat/completions");
    const page = await (await fetch(`${started.url}/docs`)).text();
    expect(page).not.toMatch(/https?:\/\//);
    for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await fetch(`${started.url}/${path}`)).status).toBe(200);
  });

  it("counts with vLLM's names", async () => {
    await client.completions.create({ model: NAME, prompt: "x", max_tokens: 3 });
    const text = await (await fetch(`${started.url}/metrics`)).text();
    for (const name of [
      "num_requests_running",
      "num_requests_waiting",
      "kv_cache_usage_perc",
      "prefix_cache_queries_total",
      "prefix_cache_hits_total",
      "num_preemptions_total",
      "prompt_tokens_total",
      "generation_tokens_total",
      "request_success_total",
      "time_to_first_token_seconds_bucket",
      "inter_token_latency_seconds_bucket",
      "e2e_request_latency_seconds_bucket",
      "request_queue_time_seconds_sum",
      "request_prefill_time_seconds_sum",
      "request_decode_time_seconds_sum",
      "request_prompt_tokens_count",
      "request_generation_tokens_count",
    ])
      for (const prefix of ["vllm", "baichuan2"]) expect(text).toContain(`\n${prefix}:${name}{`);
  });

  it("names requests, or takes the client's name", async () => {
    const { request_id: own } = await client.models.list().withResponse();
    expect(own).toMatch(/^req_[0-9a-f]{24}$/);
    const given = await client.models
      .list({ headers: { "x-request-id": "mine-1" } })
      .withResponse();
    expect(given.request_id).toBe("mine-1");
  });

  it("lets pages of named origins in, and no others", async () => {
    await using open = await start({
      corsOrigins: ["https://chat.example.com"],
      model: started.model,
    });
    const ask = (origin: string) =>
      fetch(`${open.url}/v1/models`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    const allowed = (response: Response) => response.headers.get("access-control-allow-origin");
    expect(allowed(await ask("https://chat.example.com"))).toBe("https://chat.example.com");
    expect(allowed(await ask("https://chat.example.com.evil.org"))).toBeNull();
    expect(allowed(await fetch(`${started.url}/v1/models`, { method: "OPTIONS" }))).toBeNull();
  });
});

async function post2(url: string, body: object): Promise<unknown> {
  return (await fetch(url, { method: "POST", body: JSON.stringify(body) })).json();
}
