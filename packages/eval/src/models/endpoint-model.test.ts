import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EndpointError } from "./endpoint-error.ts";
import { EndpointModel, type EndpointModelOptions } from "./endpoint-model.ts";

interface Body {
  readonly prompt?: string;
  readonly echo?: boolean;
  readonly logprobs?: number;
  readonly stop?: string[];
  readonly repetition_penalty?: number;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly messages?: unknown;
}

let server: Server;
let baseURL: string;
let requests: Body[] = [];
/** What a completion has besides its text. */
let logprobsOf: (body: Body) => object | null;
let textOf: (body: Body) => string;
/** An error that it answers instead. */
let refusal: { readonly status: number; readonly error: object } | undefined;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = JSON.parse(await readText(request)) as Body;
    requests.push(body);
    const answer = textOf(body);
    const choice = body.messages
      ? { index: 0, message: { role: "assistant", content: answer }, finish_reason: "length" }
      : { index: 0, text: answer, logprobs: logprobsOf(body), finish_reason: "stop" };
    response.setHeader("content-type", "application/json");
    if (refusal) {
      response.statusCode = refusal.status;
      response.end(JSON.stringify({ error: refusal.error }));
      return;
    }
    response.end(JSON.stringify({ id: "x", choices: [choice] }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => server.close());
beforeEach(() => {
  requests = [];
  logprobsOf = () => null;
  textOf = () => "";
  refusal = undefined;
});

const modelWith = (options: Partial<EndpointModelOptions> = {}): EndpointModel =>
  new EndpointModel({ baseURL, model: "m", maxRetries: 0, ...options });

/** A token for each character, the n-th with the log-probability -n; one more is generated. */
const characterLogprobs = ({ prompt = "" }: Body): object => {
  const tokens = [...prompt, "!"];
  return {
    text_offset: tokens.map((_, index) => index),
    token_logprobs: tokens.map((_, index) => (index === 0 ? null : -index)),
  };
};

/** Each code point is a token. */
const characters = {
  encode: (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0),
  decode: (tokenIds: readonly number[]) => String.fromCodePoint(...tokenIds),
};

describe("EndpointModel", () => {
  it("compares letters by the alternatives of the next token, and asks for those that are not among them", async () => {
    logprobsOf = (body) =>
      body.echo ? characterLogprobs(body) : { top_logprobs: [{ A: -0.5, " A": -0.1, C: -3 }] };
    const request = { kind: "letters", prompt: "Answer:", letters: ["A", "B", "C"] } as const;
    const bare = await modelWith().answer({ ...request, ids: "bare" });
    // "Answer:" has 7 characters: the B behind it is character 7 of what is echoed
    expect(bare.scores).toEqual([-0.5, -7, -3]);
    expect(requests.map(({ prompt, echo }) => [prompt, echo ?? false])).toEqual([
      ["Answer:", false],
      ["Answer:B", true],
    ]);
    const both = await modelWith().answer({ ...request, letters: ["A"], ids: "both" });
    expect(both.scores).toEqual([-0.1]);
  });

  it("sums the log-probabilities of a continuation without prompt and generated token", async () => {
    logprobsOf = characterLogprobs;
    const request = {
      kind: "logLikelihood",
      prompt: "答案😀",
      continuations: ["ab", "c"],
    } as const;
    const { logLikelihoods } = await modelWith().answer(request);
    expect(logLikelihoods).toEqual([-3 - 4, -3]);
  });

  it("takes the mean over all tokens of a text but the first", async () => {
    logprobsOf = characterLogprobs;
    const { losses } = await modelWith().answer({ kind: "perplexity", texts: ["abc"] });
    expect(losses).toEqual([1.5]); // (1 + 2) / 2
  });

  it("says where a token lies on both sides of the prompt's end", async () => {
    logprobsOf = () => ({ text_offset: [0, 3], token_logprobs: [null, -1] });
    const request = { kind: "logLikelihood", prompt: "ab", continuations: ["cd"] } as const;
    await expect(modelWith().answer(request)).rejects.toThrow("a token that begins behind");
  });

  it("says that a server tells no log-probabilities", async () => {
    const request = { kind: "letters", prompt: "x", letters: ["A"], ids: "bare" } as const;
    await expect(modelWith().answer(request)).rejects.toThrow(
      "expected log-probabilities, got none",
    );
  });

  it("generates greedily without penalties, and cuts at any number of stop texts", async () => {
    textOf = () => "one two three";
    const stop = ["v", "w", "x", "y", " three"];
    const request = { kind: "generate", prompt: "Q:", maxNewTokens: 9, stop } as const;
    const { texts, finishReasons } = await modelWith().answer(request);
    expect([texts, finishReasons]).toEqual([["one t"], ["stop"]]);
    expect(requests[0]).toMatchObject({ temperature: 0, repetition_penalty: 1 });
    expect(requests[0]?.stop).toHaveLength(4);
    await modelWith({ extraBody: {} }).answer({ ...request, stop: [] });
    expect(requests[1]).not.toHaveProperty("repetition_penalty");
    expect(requests[1]).not.toHaveProperty("stop");
  });

  it("asks as a user where the model chats", async () => {
    textOf = () => "fine";
    const request = { kind: "generate", prompt: "How?", maxNewTokens: 9, stop: [] } as const;
    const answer = await modelWith({ asChat: true }).answer(request);
    expect(answer).toMatchObject({ texts: ["fine"], finishReasons: ["length"] });
    expect(requests[0]?.messages).toEqual([{ role: "user", content: "How?" }]);
    await modelWith({ asChat: true, extraBody: undefined }).answer(request);
    expect(requests[1]).toMatchObject({ repetition_penalty: 1 });
  });

  it.each([
    { kind: "letters", prompt: "x", letters: ["A"], ids: "bare" },
    { kind: "logLikelihood", prompt: "x", continuations: ["y"] },
    { kind: "perplexity", texts: ["x"] },
  ] as const)("refuses $kind where the model chats", async (request) => {
    await expect(modelWith({ asChat: true }).answer(request)).rejects.toThrow(
      "expected generated answers, got a comparison",
    );
    expect(requests).toEqual([]);
  });

  it("counts tokens with a tokenizer, or says that it needs one", () => {
    const tokenizer = { encode: (text: string) => [...text].map(() => 1) };
    expect(modelWith({ tokenizer }).countTokens("abc")).toBe(3);
    expect(() => modelWith().countTokens("abc")).toThrow("expected a tokenizer");
  });

  it("has another fingerprint for another address, name or way to ask", () => {
    const all = [
      {},
      { model: "n" },
      { baseURL: "http://b/v1" },
      { asChat: true },
      { extraBody: {} },
      { topLogprobs: 5 },
      { contextLength: 8, tokenizer: characters },
    ];
    const fingerprints = all.map((options) => modelWith(options).fingerprint);
    expect(new Set(fingerprints).size).toBe(all.length);
  });
});

describe("EndpointModel with a context's length", () => {
  const cutting = (contextLength: number, options: Partial<EndpointModelOptions> = {}) =>
    modelWith({ contextLength, tokenizer: characters, ...options });

  it("leaves prompts as they are that fit", async () => {
    const request = { kind: "generate", prompt: "abcd", maxNewTokens: 4, stop: [] } as const;
    expect(await cutting(8).answer(request)).toMatchObject({ truncatedTokens: 0 });
    expect(requests[0]).toMatchObject({ prompt: "abcd", max_tokens: 4 });
  });

  it("cuts the beginning off a prompt, and leaves it half of the context", async () => {
    const request = { kind: "generate", prompt: "abcdefgh", maxNewTokens: 3, stop: [] } as const;
    expect(await cutting(8).answer(request)).toMatchObject({ truncatedTokens: 3 });
    expect(requests[0]).toMatchObject({ prompt: "defgh", max_tokens: 3 });
    await cutting(8).answer({ ...request, maxNewTokens: 512 });
    expect(requests[1]).toMatchObject({ prompt: "efgh", max_tokens: 4 });
  });

  it("leaves room for the template of a chat", async () => {
    const prompt = "abcdefgh";
    const request = { kind: "generate", prompt, maxNewTokens: 4, stop: [] } as const;
    const { truncatedTokens } = await cutting(42, { asChat: true }).answer(request);
    expect(truncatedTokens).toBe(2); // 42 - 4 - 32 = 6 are left
    expect(requests[0]?.messages).toEqual([{ role: "user", content: "cdefgh" }]);
  });

  it("compares letters behind one prompt, with room for a letter and a generated token", async () => {
    logprobsOf = (body) =>
      body.echo ? characterLogprobs(body) : { top_logprobs: [{ A: -0.5, C: -3 }] };
    const letters = ["A", "B"];
    const request = { kind: "letters", prompt: "abcdefgh", letters, ids: "bare" } as const;
    const answer = await cutting(8).answer(request);
    expect(answer).toMatchObject({ scores: [-0.5, -6], truncatedTokens: 2 });
    expect(requests.map(({ prompt }) => prompt)).toEqual(["cdefgh", "cdefghB"]);
  });

  it("leaves room for the longest continuation", async () => {
    logprobsOf = characterLogprobs;
    const continuations = ["x", "yz"];
    const request = { kind: "logLikelihood", prompt: "abcdefgh", continuations } as const;
    expect(await cutting(8).answer(request)).toMatchObject({ truncatedTokens: 3 });
    expect(requests.map(({ prompt }) => prompt)).toEqual(["defghx", "defghyz"]);
  });

  it("takes the end of a whole text", async () => {
    logprobsOf = characterLogprobs;
    const texts = ["abcdefgh", "abc", "abcdefghi"];
    const answer = await cutting(8).answer({ kind: "perplexity", texts });
    expect(answer.truncatedTokens).toBe(1 + 0 + 2);
    expect(requests.map(({ prompt }) => prompt)).toEqual(["bcdefgh", "abc", "cdefghi"]);
  });

  it("begins with a whole character, and counts what is kept again", async () => {
    // bytes; the first token of a text is another one where it is "f", and then there is one more
    const tokenizer = {
      encode: (text: string) => [...Buffer.from(text.startsWith("f") ? `_${text}` : text)],
      decode: (tokenIds: readonly number[]) => Buffer.from(tokenIds).toString("utf8"),
    };
    const request = { kind: "generate", prompt: "ab答fgh", maxNewTokens: 2, stop: [] } as const;
    const { truncatedTokens } = await cutting(6, { tokenizer }).answer(request);
    // room for 4 of 8 bytes: 2 of 答's, then "fgh" with 4 tokens
    expect([requests[0]?.prompt, truncatedTokens]).toEqual(["fgh", 5]);
    await cutting(5, { tokenizer }).answer(request);
    expect(requests[1]?.prompt).toBe("gh"); // room for 3
  });

  it("needs a tokenizer that decodes", () => {
    const { encode } = characters;
    expect(() => modelWith({ contextLength: 8 })).toThrow("expected a tokenizer to cut prompts");
    expect(() => modelWith({ contextLength: 8, tokenizer: { encode } })).toThrow(EndpointError);
  });
});

describe("EndpointModel's failures", () => {
  const request = { kind: "generate", prompt: "x", maxNewTokens: 1, stop: [] } as const;

  it("name the address where no server is", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => gone.once("listening", resolve));
    const address = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/v1`;
    await new Promise((resolve) => gone.close(resolve));
    const failure: unknown = await modelWith({ baseURL: address })
      .answer(request)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EndpointError);
    expect(failure).toMatchObject({
      baseURL: address,
      message: `${address}: expected an answer, got no connection (is the server running?)`,
      cause: { message: "Connection error." },
    });
  });

  it.each([
    [400, "This model's maximum context length is 8 tokens. However, you requested 9 tokens"],
    [400, "the request exceeds the available context size, try increasing it"],
    [422, "`inputs` must have less than 8 tokens. Given: 9"],
    [400, "Prompt is too long"],
  ])("say what to do about a prompt that is too long: %i %s", async (status, message) => {
    refusal = { status, error: { message } };
    const answer = modelWith().answer(request);
    await expect(answer).rejects.toThrow(EndpointError);
    await expect(answer).rejects.toThrow("give --endpoint-context");
  });

  it("stay as they are otherwise", async () => {
    refusal = { status: 400, error: { message: "repetition_penalty: unknown field" } };
    await expect(modelWith().answer(request)).rejects.not.toThrow(EndpointError);
    const signal = AbortSignal.abort();
    await expect(modelWith().answer(request, { signal })).rejects.toThrow("aborted");
  });

  it.each(["", "localhost:8000", "nothing"])("refuse the address %j", (address) => {
    expect(() => modelWith({ baseURL: address })).toThrow(EndpointError);
  });
});
