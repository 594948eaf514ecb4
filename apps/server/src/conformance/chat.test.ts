import OpenAI from "openai";
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

const chat = (more: Partial<Params> = {}): Promise<OpenAI.ChatCompletion> =>
  client.chat.completions.create({ model: NAME, messages: [...question], temperature: 0, ...more });

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
    expect(answer.choices[0]?.message.content).toMatch(/\S/);
  });
});
