import type { z } from "@hono/zod-openapi";
import type { ServerContext } from "./http/env.ts";
import {
  loadAdapterSchema,
  postLoadAdapter,
  postUnloadAdapter,
  unloadAdapterSchema,
} from "./openai/adapters-routes.ts";
import { chatSchema } from "./openai/chat/chat-schema.ts";
import { postChat } from "./openai/chat/chat-route.ts";
import { completionSchema } from "./openai/completions/completion-schema.ts";
import { postCompletion } from "./openai/completions/completion-route.ts";
import { postDecisions } from "./openai/decisions/decisions-route.ts";
import { decisionsSchema } from "./openai/decisions/decisions-schema.ts";
import { embeddingsSchema, postEmbeddings } from "./openai/embeddings/embeddings-route.ts";
import { deleteModel, getModel, listModels } from "./openai/models-route.ts";
import { getHealth, getLive, getLoad, getMetrics, getVersion } from "./operations/health-routes.ts";
import type { ServerState } from "./server-state.ts";
import {
  detokenizeSchema,
  postDetokenize,
  postRender,
  postTokenize,
  tokenizeSchema,
} from "./tokens/token-routes.ts";

/** Who may call an endpoint: anybody, who has a key, or an admin. */
type Access = "public" | "key" | "admin";

/** One of the things that a server answers. */
export interface Endpoint {
  readonly method: "get" | "post" | "delete";
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly tag: string;
  /** Of its body. */
  readonly schema?: z.ZodType | undefined;
  /** What its body is; default "json". A form has its own limit of size, and is read by `answer` as it comes. */
  readonly body?: "json" | "form" | undefined;
  /** Of its query. */
  readonly query?: z.ZodObject | undefined;
  /** Takes part in rate limits. */
  readonly isLimited?: boolean | undefined;
  readonly answer: (state: ServerState, c: ServerContext) => Response | Promise<Response>;
}

/** All endpoints but those of files and jobs. */
export const endpoints: readonly Endpoint[] = [
  {
    method: "post",
    path: "/v1/chat/completions",
    access: "key",
    summary: "The next message of a conversation",
    tag: "chat",
    schema: chatSchema,
    isLimited: true,
    answer: postChat,
  },
  {
    method: "post",
    path: "/v1/chat/completions/render",
    access: "key",
    summary: "What a chat request would run: text and token ids",
    tag: "chat",
    schema: chatSchema,
    isLimited: true,
    answer: postRender,
  },
  {
    method: "post",
    path: "/v1/completions",
    access: "key",
    summary: "Continues texts; echo with logprobs tells how likely the prompt is",
    tag: "completions",
    schema: completionSchema,
    isLimited: true,
    answer: postCompletion,
  },
  {
    method: "post",
    path: "/v1/decisions",
    access: "key",
    summary: "Answers questions about an input from label log-probabilities",
    tag: "decisions",
    schema: decisionsSchema,
    isLimited: true,
    answer: postDecisions,
  },
  {
    method: "post",
    path: "/v1/embeddings",
    access: "key",
    summary: "Vectors that stand for texts",
    tag: "embeddings",
    schema: embeddingsSchema,
    isLimited: true,
    answer: postEmbeddings,
  },
  {
    method: "get",
    path: "/v1/models",
    access: "key",
    summary: "The model, and its adapters as models",
    tag: "models",
    answer: listModels,
  },
  {
    method: "get",
    path: "/v1/models/{model}",
    access: "key",
    summary: "One of the models",
    tag: "models",
    answer: getModel,
  },
  {
    method: "delete",
    path: "/v1/models/{model}",
    access: "admin",
    summary: "Frees an adapter, as OpenAI's clients do",
    tag: "models",
    answer: deleteModel,
  },
  {
    method: "post",
    path: "/v1/load_lora_adapter",
    access: "admin",
    summary: "Loads an adapter; it is a model then: name:adapter",
    tag: "models",
    schema: loadAdapterSchema,
    answer: postLoadAdapter,
  },
  {
    method: "post",
    path: "/v1/unload_lora_adapter",
    access: "admin",
    summary: "Frees an adapter; what runs with it ends with it",
    tag: "models",
    schema: unloadAdapterSchema,
    answer: postUnloadAdapter,
  },
  {
    method: "post",
    path: "/tokenize",
    access: "key",
    summary: "Token ids of a text or conversation",
    tag: "tokens",
    schema: tokenizeSchema,
    isLimited: true,
    answer: postTokenize,
  },
  {
    method: "post",
    path: "/detokenize",
    access: "key",
    summary: "The text of token ids",
    tag: "tokens",
    schema: detokenizeSchema,
    isLimited: true,
    answer: postDetokenize,
  },
  {
    method: "get",
    path: "/health",
    access: "public",
    summary: "Whether requests are answered",
    tag: "operation",
    answer: getHealth,
  },
  {
    method: "get",
    path: "/livez",
    access: "public",
    summary: "Whether the process listens",
    tag: "operation",
    answer: (_state, c) => getLive(c),
  },
  {
    method: "get",
    path: "/version",
    access: "public",
    summary: "Versions of program and model",
    tag: "operation",
    answer: getVersion,
  },
  {
    method: "get",
    path: "/load",
    access: "key",
    summary: "How much there is to do",
    tag: "operation",
    answer: getLoad,
  },
  {
    method: "get",
    path: "/metrics",
    access: "public",
    summary: "Counts for Prometheus",
    tag: "operation",
    answer: getMetrics,
  },
];
