import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Weather of a city",
      parameters: {
        type: "object",
        properties: { city: { enum: ["广州", "北京"] }, unit: { $ref: "#/$defs/unit" } },
        required: ["city", "unit"],
        additionalProperties: false,
        $defs: { unit: { enum: ["C", "F"] } },
      },
    },
  },
  {
    type: "function",
    function: {
      name: "add",
      parameters: {
        type: "object",
        properties: { a: { type: "integer", minimum: 0, maximum: 9 } },
        required: ["a"],
        additionalProperties: false,
      },
    },
  },
];

const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: "user", content: "weather in 广州?" },
];

let started: Started;
let client: OpenAI;
beforeAll(async () => {
  started = await start();
  client = started.client;
});
afterAll(() => started[Symbol.asyncDispose]());

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;
const chat = (more: Partial<Params>): Promise<OpenAI.ChatCompletion> =>
  client.chat.completions.create({ model: NAME, messages, tools, temperature: 0, ...more });

function callOf(answer: OpenAI.ChatCompletion): { name: string; arguments: unknown } {
  const [call] = answer.choices[0]?.message.tool_calls ?? [];
  if (call?.type !== "function") throw new Error("expected a call");
  return { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
}

describe("tools", () => {
  it("that are required are called, with arguments of their schema", async () => {
    const answer = await chat({ tool_choice: "required" });
    const { name, arguments: args } = callOf(answer);
    if (name === "add") expect(args).toEqual({ a: expect.any(Number) });
    else
      expect(args).toEqual({
        city: expect.stringMatching(/广州|北京/),
        unit: expect.stringMatching(/[CF]/),
      });
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(answer.choices[0]?.message.content).toBeNull();
    expect(answer.choices[0]?.message.tool_calls?.[0]?.id).toMatch(/^call_[0-9a-f]{24}$/);
  });

  it.each(["get_weather", "add"])("that are named are called: %s", async (name) => {
    const answer = await chat({ tool_choice: { type: "function", function: { name } } });
    expect(callOf(answer).name).toBe(name);
    expect(answer.choices[0]?.finish_reason).toBe("stop"); // as OpenAI's API has it
  });

  it("are called whole, whatever stop strings say", async () => {
    const answer = await chat({ tool_choice: "required", stop: ["{", "}", '"'] });
    expect(callOf(answer).name).toMatch(/add|get_weather/);
    const [call] = answer.choices[0]?.message.tool_calls ?? [];
    if (call?.type === "function") expect(call.function.arguments).toMatch(/^\{.*\}$/s);
  });

  it("are called several times in several answers", async () => {
    const answer = await chat({ tool_choice: "required", n: 2, temperature: 1 });
    expect(answer.choices.map(({ message }) => message.tool_calls?.length)).toEqual([1, 1]);
  });

  it("that may be called leave text alone", async () => {
    const answer = await chat({ tool_choice: "auto" });
    expect(answer.choices[0]?.message.content).toMatch(/\S/);
    expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it("that may be called are, where the text begins as a call", async () => {
    const begun: OpenAI.ChatCompletionMessageParam[] = [
      ...messages,
      { role: "assistant", content: "\n" },
    ];
    const [brace = -1] = started.model.promptIds({ text: '{"' });
    const logit_bias = { [brace]: 100 };
    const rest = await chat({ messages: begun, logit_bias, max_tokens: 12, tool_choice: "auto" });
    // Whatever came after the brace: it is a call only if it says a name, and text else.
    const [choice] = rest.choices;
    expect(choice?.message.content === null).toBe(choice?.message.tool_calls !== undefined);
  });

  it("that must not be called are not, though they are there", async () => {
    const answer = await chat({ tool_choice: "none" });
    expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it("stream: the name first, then the arguments in pieces", async () => {
    const stream = await client.chat.completions.create({
      model: NAME,
      messages,
      tools,
      tool_choice: { type: "function", function: { name: "get_weather" } },
      temperature: 0,
      stream: true,
    });
    const deltas: OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall[] = [];
    for await (const { choices } of stream) deltas.push(...(choices[0]?.delta.tool_calls ?? []));
    const [first, ...rest] = deltas;
    expect(first).toMatchObject({ index: 0, type: "function", function: { name: "get_weather" } });
    expect(rest.every(({ id }) => id === undefined)).toBe(true);
    expect(rest.length).toBeGreaterThan(1);
    const text = deltas.map((delta) => delta.function?.arguments ?? "").join("");
    expect(JSON.parse(text)).toEqual({ city: expect.any(String), unit: expect.any(String) });
  });

  it("are collected by the client's helper", async () => {
    const runner = client.chat.completions.stream({
      model: NAME,
      messages,
      tools,
      tool_choice: "required",
      temperature: 0,
    });
    const final = await runner.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it("whose answers come back are told to the model", async () => {
    const call = {
      id: "call_1",
      type: "function" as const,
      function: { name: "get_weather", arguments: '{"city":"广州","unit":"C"}' },
    };
    const rendered = await client.post<{ prompt: string }>("/chat/completions/render", {
      body: {
        model: NAME,
        messages: [
          ...messages,
          { role: "assistant", content: null, tool_calls: [call] },
          { role: "tool", tool_call_id: "call_1", content: "31 °C" },
        ],
      },
    });
    expect(rendered.prompt).toBe(
      '<reserved_106>weather in 广州?<reserved_107>{"name": "get_weather", "arguments": {"city":"广州","unit":"C"}}<reserved_106>get_weather = 31 °C<reserved_107>',
    );
  });

  it.each([
    [
      "a choice of a tool that is not there",
      { tool_choice: { type: "function", function: { name: "x" } } },
      "tool_choice",
    ],
    ["a choice where there are no tools", { tools: [], tool_choice: "required" }, "tool_choice"],
    ["two tools of one name", { tools: [tools[0], tools[0]] }, "tools[1].function.name"],
    ["several answers that may call", { n: 2, tool_choice: "auto" }, "n"],
    [
      "an answer to a call that was not made",
      { messages: [...messages, { role: "tool", tool_call_id: "call_9", content: "" }] },
      "messages[1].tool_call_id",
    ],
  ] as const)("refuse %s", async (_what, more, param) => {
    await expect(chat(more as never)).rejects.toMatchObject({ status: 400, param });
  });
});
