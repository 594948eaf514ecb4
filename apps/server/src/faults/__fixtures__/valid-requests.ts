import { NAME } from "../../__fixtures__/start.ts";

const messages = [{ role: "user", content: "hi" }];
const tool = { type: "function", function: { name: "add", parameters: { type: "object" } } };
const schema = { type: "object", properties: { a: { enum: [1, "b"] } }, required: ["a"] };

/** Small requests that each endpoint answers, with all fields that a body may have somewhere among them. */
export const validRequests: readonly (readonly [path: string, fields: object])[] = [
  ["/v1/chat/completions", { messages, max_tokens: 1, stream: true, stream_options: {} }],
  [
    "/v1/chat/completions",
    { messages, max_completion_tokens: 1, logprobs: true, top_logprobs: 2, n: 2, stop: ["a"] },
  ],
  ["/v1/chat/completions", { messages, max_tokens: 1, tools: [tool], tool_choice: "required" }],
  [
    "/v1/chat/completions",
    {
      messages: [
        { role: "system", content: [{ type: "text", text: "Be short." }] },
        ...messages,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", content: "1", tool_call_id: "a" },
      ],
      max_tokens: 1,
    },
  ],
  [
    "/v1/chat/completions",
    {
      messages,
      max_tokens: 1,
      response_format: { type: "json_schema", json_schema: { name: "a", schema } },
    },
  ],
  [
    "/v1/chat/completions",
    {
      messages,
      max_tokens: 1,
      temperature: 1,
      top_p: 0.9,
      top_k: 5,
      min_p: 0.1,
      seed: 1,
      logit_bias: { 7: 1 },
      metadata: { a: "b" },
    },
  ],
  ["/v1/chat/completions/render", { messages, max_tokens: 1 }],
  ["/v1/completions", { prompt: "hi", max_tokens: 1, echo: true, logprobs: 1, stream: true }],
  ["/v1/completions", { prompt: ["hi", "you"], max_tokens: 1, n: 2, suffix: null }],
  ["/v1/completions", { prompt: [[195, 7], [196]], max_tokens: 1 }],
  ["/v1/completions", { prompt: [1], max_tokens: 1, structured_outputs: { regex: "[ab]{2}" } }],
  ["/v1/embeddings", { input: ["hi"], encoding_format: "base64" }],
  [
    "/v1/decisions",
    {
      input: [{ role: "user", content: [{ type: "input_json", data: { a: 1 } }] }],
      questions: [
        { type: "predicate", instructions: "a?" },
        { type: "choice", instructions: "b?", choices: [{ value: "x" }, { value: true }] },
        { type: "score", instructions: "c?", levels: [{ label: "l" }, { label: "h" }] },
      ],
    },
  ],
  ["/v1/load_lora_adapter", { lora_name: "none", lora_path: "/nowhere" }],
  ["/v1/unload_lora_adapter", { lora_name: "none" }],
  ["/tokenize", { messages, with_pieces: true, return_token_strs: true }],
  ["/tokenize", { prompt: "hi", parse_special: true }],
  ["/detokenize", { tokens: [7, 195], skip_special_tokens: true }],
].map(([path, fields]) => [path as string, { model: NAME, ...(fields as object) }]);
