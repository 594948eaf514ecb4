import { createHash } from "node:crypto";
import type { AnswerOptions, EvalModel } from "../eval-model.ts";
import type { EvalRequest, EvalResponse, ResponseTo } from "../eval-request.ts";
import { Endpoint } from "./endpoint/endpoint.ts";
import { EndpointPrompts, type EndpointTokenizer } from "./endpoint/endpoint-prompts.ts";
import { askChat, askGenerate } from "./endpoint/generate.ts";
import { askLetters } from "./endpoint/letters.ts";
import { askLogLikelihood } from "./endpoint/log-likelihood.ts";
import { askPerplexity } from "./endpoint/perplexity.ts";
import { EndpointError } from "./endpoint-error.ts";

/** Options of a model behind an address. */
export interface EndpointModelOptions {
  /** Of OpenAI's API, e.g. `http://localhost:8000/v1`. */
  readonly baseURL: string;
  /** The model's name there. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Counts tokens, for prompts that have to be shortened. Without it such benchmarks fail. */
  readonly tokenizer?: EndpointTokenizer | undefined;
  /**
   * Tokens that the server has room for, with what is generated. Prompts that are longer lose their beginning, which takes a
   * tokenizer. Default: nothing is cut.
   */
  readonly contextLength?: number | undefined;
  /** Asks what is generated as a message of a user; letters and texts cannot be compared so. */
  readonly asChat?: boolean | undefined;
  /** Alternatives asked for with a token; servers have limits. Default 20. */
  readonly topLogprobs?: number | undefined;
  /**
   * Fields besides OpenAI's. Default `{ repetition_penalty: 1 }`, because servers of Baichuan2 take 1.05 from its
   * generation_config.json; `{}` for those that refuse it.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
  /** Tries after a failure that may pass. Default 4. */
  readonly maxRetries?: number | undefined;
}

const DEFAULT_EXTRA = { repetition_penalty: 1 };

/** A model behind an OpenAI-compatible address: `/v1/completions`, with log-probabilities where letters or texts are compared. */
export class EndpointModel implements EvalModel {
  readonly name: string;
  readonly fingerprint: string;
  readonly #endpoint: Endpoint;
  readonly #options: EndpointModelOptions;

  /** @throws {EndpointError} if the address is none of HTTP, or prompts are to be cut without a tokenizer. */
  constructor(options: EndpointModelOptions) {
    const { baseURL, model, apiKey = "none", maxRetries = 4, asChat = false } = options;
    const { topLogprobs = 20, extraBody = DEFAULT_EXTRA, tokenizer, contextLength } = options;
    this.#options = options;
    this.#endpoint = new Endpoint(
      { baseURL, model, apiKey, maxRetries, topLogprobs, extraBody },
      new EndpointPrompts(baseURL, tokenizer, contextLength),
    );
    this.name = model;
    const facts = [baseURL, model, asChat, extraBody, topLogprobs, contextLength ?? null];
    this.fingerprint = createHash("sha256")
      .update(JSON.stringify(facts))
      .digest("hex")
      .slice(0, 32);
  }

  /** @throws {EndpointError} if there is no tokenizer. */
  readonly countTokens = (text: string): number => {
    const { tokenizer, baseURL } = this.#options;
    if (tokenizer) return tokenizer.encode(text).length;
    throw new EndpointError(baseURL, "a tokenizer to shorten prompts with", "none", "name one");
  };

  async answer<Request extends EvalRequest>(
    request: Request,
    { signal }: AnswerOptions = {},
  ): Promise<ResponseTo<Request>> {
    return (await this.#answer(request, signal)) as ResponseTo<Request>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // connections close by themselves
  }

  #answer(request: EvalRequest, signal: AbortSignal | undefined): Promise<EvalResponse> {
    const endpoint = this.#endpoint;
    const { asChat, baseURL } = this.#options;
    if (asChat && request.kind !== "generate") {
      const hint = "what is asked as a chat is only answered: --answers generate";
      throw new EndpointError(baseURL, "generated answers", "a comparison", hint);
    }
    switch (request.kind) {
      case "letters":
        return askLetters(endpoint, request, signal);
      case "logLikelihood":
        return askLogLikelihood(endpoint, request, signal);
      case "perplexity":
        return askPerplexity(endpoint, request, signal);
      case "generate":
        return (asChat ? askChat : askGenerate)(endpoint, request, signal);
    }
  }
}
