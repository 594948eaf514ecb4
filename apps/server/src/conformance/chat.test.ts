import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

const question = [{ role: "user", content: "What is NormHead?" }] as const;

let started: Started;
let client: OpenAI;
beforeAll(async () => {
  started = await start();
  client = started.client;
});
afterAll(() => started[Symbol.asyncDispose]());

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** With fields that the client's types do not know, the extensions of this server. */
const chat = (
  more: Partial<Params> & Record<string, unknown> = {},
): Promise<OpenAI.ChatCompletion> =>
  client.chat.completions.create({
    model: NAME,
    messages: [...question],
    temperature: 0,
    ...more,
  } as Params);

const textOf = (answer: OpenAI.ChatCompletion, index = 0): string =>
  answer.choices[index]?.message.content ?? "";

describe("a chat", () => {
  it("is answered with all that the client's types say", async () => {
    const answer = await chat();
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: NAME,
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{24}$/),
      system_fingerprint: expect.stringMatching(/^fp_/),
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          logprobs: null,
          message: { role: "assistant", refusal: null },
        },
      ],
    });
    expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
    expect(textOf(answer)).toMatch(/\S/);
  });

  it("is answered as the model answers in process", async () => {
    const text = await started.model.chat(question, { temperature: 0 });
    expect(textOf(await chat())).toBe(text);
  });

  it("counts tokens, and those that were in the prefix cache", async () => {
    const ids = started.model.promptIds({ messages: question });
    const { usage } = await chat({ max_tokens: 3 });
    expect(usage).toMatchObject({
      prompt_tokens: ids.length,
      completion_tokens: 3,
      total_tokens: ids.length + 3,
    });
    const again = await chat({ max_tokens: 3 });
    expect(again.usage?.prompt_tokens_details?.cached_tokens).toBe(ids.length - 1);
  });

  it("ends with length where tokens run out", async () => {
    const answer = await chat({ max_completion_tokens: 2 });
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(answer.usage?.completion_tokens).toBe(2);
  });

  it("prefers max_completion_tokens to max_tokens", async () => {
    const answer = await chat({ max_completion_tokens: 2, max_tokens: 5 });
    expect(answer.usage?.completion_tokens).toBe(2);
  });

  it("ends before a stop string", async () => {
    const whole = textOf(await chat());
    const stop = whole.slice(4, 7);
    const answer = await chat({ stop });
    expect(textOf(answer)).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });

  it("takes up to four stop strings", async () => {
    const whole = textOf(await chat());
    const answer = await chat({ stop: ["\u0001", whole.slice(6, 9), "\u0002", "\u0003"] });
    expect(textOf(answer).length).toBeLessThan(whole.length);
  });

  it("gives several answers", async () => {
    const answer = await chat({ n: 3, temperature: 2, top_p: 1, top_k: 0, seed: 5, max_tokens: 8 });
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(answer.choices.map((_, i) => textOf(answer, i))).size).toBeGreaterThan(1);
    expect(answer.usage?.completion_tokens).toBeLessThanOrEqual(24);
  });

  it("repeats itself with a seed", async () => {
    const options = { temperature: 1.5, seed: 42, max_tokens: 16 };
    const [first, again] = [await chat(options), await chat(options)];
    expect(textOf(first)).toBe(textOf(again));
    expect(first.system_fingerprint).toBe(again.system_fingerprint);
  });

  it("takes negative seeds, and those of 64 bits", async () => {
    for (const seed of [-1, 2 ** 52 + 1]) {
      const options = { temperature: 1.5, seed, max_tokens: 8 };
      expect(textOf(await chat(options))).toBe(textOf(await chat(options)));
    }
  });

  it("tells log-probabilities", async () => {
    const answer = await chat({ logprobs: true, top_logprobs: 3, max_tokens: 4 });
    const content = answer.choices[0]?.logprobs?.content ?? [];
    expect(content).toHaveLength(4);
    for (const { token, logprob, bytes, top_logprobs } of content) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top_logprobs).toHaveLength(3);
      expect(top_logprobs[0]).toMatchObject({ token, logprob }); // greedy
      expect(bytes ?? []).toEqual([...Buffer.from(token)]);
    }
    expect(content.map(({ token }) => token).join("")).toBe(textOf(answer));
  });

  it("tells log-probabilities without alternatives", async () => {
    const answer = await chat({ logprobs: true, max_tokens: 2 });
    expect(answer.choices[0]?.logprobs?.content?.map((one) => one.top_logprobs)).toEqual([[], []]);
  });

  it("is changed by a bias", async () => {
    const [id = -1] = started.model.promptIds({ text: "X" });
    const answer = await chat({ logit_bias: { [id]: 100 }, max_tokens: 5 });
    expect(textOf(answer)).toBe("XXXXX");
  });

  it("is changed by penalties", async () => {
    const [id = -1] = started.model.promptIds({ text: "X" });
    const options = { logit_bias: { [id]: 30 }, max_tokens: 24 };
    const repeated = textOf(await chat(options));
    const penalised = textOf(await chat({ ...options, frequency_penalty: 2, presence_penalty: 2 }));
    expect(penalised.split("X").length).toBeLessThan(repeated.split("X").length);
  });

  it("takes the extensions top_k, min_p, repetition_penalty and ignore_eos", async () => {
    const greedy = textOf(await chat());
    expect(textOf(await chat({ temperature: 2, top_k: 1 }))).toBe(greedy);
    expect(textOf(await chat({ temperature: 2, min_p: 1 }))).toBe(greedy);
    const long = await chat({ ignore_eos: true, max_tokens: 64 });
    expect(long.usage?.completion_tokens).toBe(64);
    const repetitive = await chat({ repetition_penalty: 5, max_tokens: 24 });
    expect(textOf(repetitive)).not.toBe(greedy);
  });

  it("takes null wherever the types allow it", async () => {
    const nothing = {
      stop: null,
      seed: null,
      n: null,
      logit_bias: null,
      logprobs: null,
      top_logprobs: null,
      presence_penalty: null,
      frequency_penalty: null,
      max_tokens: null,
      max_completion_tokens: null,
      top_p: null,
      stream: null,
    };
    expect(textOf(await chat(nothing))).toMatch(/\S/);
  });

  it("takes what means nothing here without a word", async () => {
    const { response } = await client.chat.completions
      .create({
        model: NAME,
        messages: [...question],
        max_tokens: 1,
        user: "me",
        metadata: { a: "b" },
        store: false,
        service_tier: "auto",
        prompt_cache_key: "k",
        safety_identifier: "s",
        modalities: ["text"],
        parallel_tool_calls: true,
        stream_options: null,
      })
      .withResponse();
    expect(response.headers.get("x-baichuan2-ignored")).toBeNull();
  });

  it("has the model's defaults of generation_config.json", async () => {
    const options = { seed: 3, max_tokens: 24 };
    const answer = await chat({ ...options, temperature: undefined });
    expect(textOf(answer)).toBe(
      (await started.model.generate({ messages: question }, { seed: 3, maxNewTokens: 24 })).text,
    );
  });
});

describe("messages", () => {
  it("may have parts, names, and a system or developer text", async () => {
    const prompt = (role: "system" | "developer") =>
      started.model.promptIds({
        messages: [
          { role: "system", content: `be brief (${role})` },
          { role: "user", content: "What is NormHead?" },
        ],
      });
    for (const role of ["system", "developer"] as const) {
      const answer = await chat({
        max_tokens: 1,
        messages: [
          { role, content: [{ type: "text", text: `be brief (${role})` }] },
          {
            role: "user",
            name: "ann",
            content: [
              { type: "text", text: "What is " },
              { type: "text", text: "NormHead?" },
            ],
          },
        ],
      });
      expect(answer.usage?.prompt_tokens).toBe(prompt(role).length);
    }
  });

  it("of several turns are remembered", async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: "user", content: "hello" },
      { role: "assistant", content: "Hi!" },
      ...question,
    ];
    const rendered = await client.post<{ prompt: string }>("/chat/completions/render", {
      body: { model: NAME, messages },
    });
    expect(rendered.prompt).toBe(
      "<reserved_106>hello<reserved_107>Hi!<reserved_106>What is NormHead?<reserved_107>",
    );
  });

  it("that end with the assistant's are continued", async () => {
    const whole = textOf(await chat());
    const begun = await chat({
      messages: [...question, { role: "assistant", content: whole.slice(0, 8) }],
    });
    expect(whole.slice(0, 8) + textOf(begun)).toContain(whole.slice(0, 12));
  });

  it("cannot write the model's markers", async () => {
    const messages = [{ role: "user" as const, content: "<reserved_107>" }];
    const { prompt_token_ids: ids } = await client.post<{ prompt_token_ids: number[] }>(
      "/chat/completions/render",
      { body: { model: NAME, messages } },
    );
    expect(ids.filter((id) => id === started.model.generationConfig.assistantTokenId)).toHaveLength(
      1,
    );
  });
});

describe("a format", () => {
  it("of a JSON object is kept to", async () => {
    const answer = await chat({ response_format: { type: "json_object" }, max_tokens: 64 });
    expect(typeof JSON.parse(textOf(answer))).toBe("object");
  });

  it("of a schema is kept to", async () => {
    const schema = {
      type: "object",
      properties: {
        city: { enum: ["广州", "北京"] },
        size: { type: "integer", minimum: 0, maximum: 9 },
      },
      required: ["city", "size"],
      additionalProperties: false,
    };
    const answer = await chat({
      response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema } },
    });
    expect(JSON.parse(textOf(answer))).toEqual({
      city: expect.stringMatching(/^(广州|北京)$/),
      size: expect.any(Number),
    });
  });

  it("of text is none", async () => {
    expect(textOf(await chat({ response_format: { type: "text" } }))).toBe(textOf(await chat()));
  });

  it("of the extension is kept to: a choice, a regular expression, a schema", async () => {
    const choice = await chat({ structured_outputs: { choice: ["红", "蓝"] } });
    expect(["红", "蓝"]).toContain(textOf(choice));
    const regex = await chat({ structured_outputs: { regex: "[0-9]{3}-[a-f]" } });
    expect(textOf(regex)).toMatch(/^\d{3}-[a-f]$/);
    const json = await chat({ structured_outputs: { json: { const: 7 } } });
    expect(textOf(json)).toBe("7");
  });

  it("is parsed by the client's helper", async () => {
    const answer = await client.chat.completions.parse({
      model: NAME,
      messages: [...question],
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "yes",
          strict: true,
          schema: {
            type: "object",
            properties: { yes: { type: "boolean" } },
            required: ["yes"],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({
      yes: expect.any(Boolean),
    });
  });
});
