import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany, generateText, jsonSchema, Output, streamText, tool } from "ai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

let started: Started;
let provider: ReturnType<typeof createOpenAICompatible>;
beforeAll(async () => {
  started = await start();
  provider = createOpenAICompatible({
    name: "baichuan2",
    baseURL: `${started.url}/v1`,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
afterAll(() => started[Symbol.asyncDispose]());

const prompt = "What is NormHead?";

describe("the AI SDK", () => {
  it("generates text and counts tokens", async () => {
    const { text, usage, finishReason } = await generateText({
      model: provider(NAME),
      prompt,
      temperature: 0,
      maxOutputTokens: 24,
    });
    const own = await started.model.generate(
      { messages: [{ role: "user", content: prompt }] },
      { temperature: 0, maxNewTokens: 24 },
    );
    expect(text).toBe(own.text);
    expect(usage.inputTokens).toBe(own.usage.promptTokens);
    expect(usage.outputTokens).toBe(own.usage.completionTokens);
    expect(finishReason).toBe(own.finishReason);
  });

  it("streams the same text", async () => {
    const options = { model: provider(NAME), prompt, temperature: 0, maxOutputTokens: 24 };
    const { text } = await generateText(options);
    const stream = streamText(options);
    const pieces: string[] = [];
    for await (const piece of stream.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe(text);
    expect((await stream.usage).outputTokens).toBeGreaterThan(0);
  });

  it("reads objects of a schema", async () => {
    const schema = jsonSchema<{ n: number }>({
      type: "object",
      properties: { n: { type: "integer", minimum: 0, maximum: 9 } },
      required: ["n"],
      additionalProperties: false,
    });
    const { output } = await generateText({
      model: provider(NAME),
      prompt,
      temperature: 0,
      output: Output.object({ schema }),
    });
    expect(output.n).toBeTypeOf("number");
  });

  it("calls tools", async () => {
    const weather = tool({
      description: "Weather",
      inputSchema: jsonSchema<{ city: string }>({
        type: "object",
        properties: { city: { enum: ["广州", "北京"] } },
        required: ["city"],
        additionalProperties: false,
      }),
      execute: async ({ city }) => `${city}: 31`,
    });
    const { toolCalls, toolResults } = await generateText({
      model: provider(NAME),
      prompt,
      temperature: 0,
      tools: { weather },
      toolChoice: "required",
    });
    expect(toolCalls[0]?.toolName).toBe("weather");
    expect(toolResults[0]?.output).toMatch(/广州|北京/);
  });

  it("continues texts", async () => {
    const { text } = await generateText({
      model: provider.completionModel(NAME),
      prompt: "NormHead",
      temperature: 0,
      maxOutputTokens: 8,
    });
    expect(text).toMatch(/\S/);
  });

  it("embeds texts", async () => {
    const { embeddings } = await embedMany({
      model: provider.embeddingModel(NAME),
      values: ["你好", "hello"],
    });
    expect(embeddings.map((one) => one.length)).toEqual(
      Array(2).fill(started.model.config.hiddenSize),
    );
  });

  it("throws what the server says", async () => {
    const failed = generateText({ model: provider("other"), prompt, maxRetries: 0 });
    await expect(failed).rejects.toMatchObject({ statusCode: 404 });
  });
});
