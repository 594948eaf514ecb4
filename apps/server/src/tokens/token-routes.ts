import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import { readBody } from "../http/read-body.ts";
import { chatSchema } from "../openai/chat/chat-schema.ts";
import { messagesSchema } from "../openai/chat/messages-schema.ts";
import { planChat } from "../openai/chat/plan-chat.ts";
import { toChatMessages } from "../openai/chat/to-chat-messages.ts";
import { TEXT_CONTEXTS } from "../openai/prompts.ts";
import type { ServerState } from "../server-state.ts";

const flag = z.boolean().nullish();

/** The body of `/tokenize`: vLLM's `prompt` or `messages`, or llama-server's `content`. */
export const tokenizeSchema = z
  .strictObject({
    model: z.string().nullish(),
    prompt: z.string().optional(),
    content: z.string().optional(),
    messages: messagesSchema.optional(),
    add_special_tokens: flag.openapi({ description: "Baichuan2 adds none." }),
    parse_special: flag.openapi({
      description: "Literals such as <reserved_106> become their ids.",
    }),
    return_token_strs: flag,
    with_pieces: flag,
  })
  .openapi("TokenizeRequest");

/** `POST /tokenize` */
export async function postTokenize(
  { served, settings }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const request = await readBody(c, tokenizeSchema, settings.isStrict);
  const { prompt, content, messages } = request;
  const given = [prompt, content, messages].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw invalidRequest("body: expected one of prompt, content, messages, got " + given.length, {
      param: "prompt",
    });
  served.checkLength(
    prompt ?? content ?? "",
    prompt === undefined ? "content" : "prompt",
    TEXT_CONTEXTS,
  );
  const tokens = messages
    ? served.model.promptIds({ messages: toChatMessages(messages, undefined) })
    : served.tokenizer.encode(prompt ?? content ?? "", {
        specialTokens: request.parse_special ? "parse" : "text",
      });
  const pieces = tokens.map((id) => served.tokenizer.idToPiece(id));
  return c.json({
    tokens: request.with_pieces ? tokens.map((id, i) => ({ id, piece: pieces[i] })) : tokens,
    count: tokens.length,
    max_model_len: served.model.config.modelMaxLength,
    ...(request.return_token_strs && { token_strs: pieces }),
  });
}

/** The body of `/detokenize`. */
export const detokenizeSchema = z
  .strictObject({
    model: z.string().nullish(),
    tokens: z.array(z.number().int().min(0)),
    skip_special_tokens: flag,
  })
  .openapi("DetokenizeRequest");

/** `POST /detokenize`: the text as `prompt` (vLLM) and as `content` (llama-server). */
export async function postDetokenize(
  { served, settings }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const { tokens, skip_special_tokens } = await readBody(c, detokenizeSchema, settings.isStrict);
  const { vocabSize } = served.tokenizer;
  const wrong = tokens.findIndex((id) => id >= vocabSize);
  if (wrong >= 0)
    throw invalidRequest(
      `tokens[${wrong}]: expected an id below ${vocabSize}, got ${tokens[wrong]}`,
      {
        param: `tokens[${wrong}]`,
      },
    );
  const text = served.tokenizer.decode(tokens, { skipSpecialTokens: skip_special_tokens ?? false });
  return c.json({ prompt: text, content: text });
}

/** `POST /v1/chat/completions/render`: what a chat request would run, without running it. */
export async function postRender(
  { served, settings }: ServerState,
  c: ServerContext,
): Promise<Response> {
  const request = await readBody(c, chatSchema, settings.isStrict);
  const { id } = served.choose(request.model);
  const { messages, options } = planChat(request, served);
  const promptIds = served.model.promptIds({ messages }, { maxNewTokens: options.maxNewTokens });
  const prompt = served.tokenizer.decode(promptIds);
  return c.json({
    model: id,
    messages,
    prompt,
    prompt_token_ids: promptIds,
    count: promptIds.length,
  });
}
