import OpenAI from "openai";
import { EndpointError } from "../endpoint-error.ts";
import type { EndpointPrompts } from "./endpoint-prompts.ts";
import { toEndpointFailure } from "./endpoint-failure.ts";

type CompletionBody = Omit<OpenAI.CompletionCreateParamsNonStreaming, "model">;
type ChatBody = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "model">;

/** What is the same for all requests to a server. */
export interface EndpointFacts {
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey: string;
  readonly maxRetries: number;
  readonly topLogprobs: number;
  readonly extraBody: Readonly<Record<string, unknown>>;
}

/** Greedy, with the penalties of nobody's configuration. */
export const GREEDY = { temperature: 0, top_p: 1 } as const;

/** Sends requests to a server. */
export class Endpoint {
  readonly facts: EndpointFacts;
  readonly prompts: EndpointPrompts;
  readonly #client: OpenAI;

  /** @throws {EndpointError} if the address is none of HTTP. */
  constructor(facts: EndpointFacts, prompts: EndpointPrompts) {
    const { baseURL, apiKey, maxRetries } = facts;
    if (!isHttp(baseURL)) {
      const hint = "give one such as http://localhost:8000/v1";
      throw new EndpointError(baseURL, "an address of HTTP", JSON.stringify(baseURL), hint);
    }
    this.facts = facts;
    this.prompts = prompts;
    this.#client = new OpenAI({ baseURL, apiKey, maxRetries });
  }

  /** Choices of a completion. @throws {EndpointError} if the server is not there, or finds the prompt too long. */
  async complete(
    body: CompletionBody,
    signal: AbortSignal | undefined,
  ): Promise<readonly OpenAI.CompletionChoice[]> {
    const { model, extraBody } = this.facts;
    const whole = { ...extraBody, ...body, model };
    const answer = this.#client.completions.create(whole, { signal });
    return (await this.#orFailure(answer)).choices;
  }

  /** Choices of an answer in a chat. @throws {EndpointError} as `complete`. */
  async chat(
    body: ChatBody,
    signal: AbortSignal | undefined,
  ): Promise<readonly OpenAI.ChatCompletion.Choice[]> {
    const { model, extraBody } = this.facts;
    const whole = { ...extraBody, ...body, model };
    const answer = this.#client.chat.completions.create(whole, { signal });
    return (await this.#orFailure(answer)).choices;
  }

  noLogprobs(): EndpointError {
    const hint = "let it generate answers instead: --answers generate";
    return new EndpointError(this.facts.baseURL, "log-probabilities", "none", hint);
  }

  async #orFailure<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      throw toEndpointFailure(this.facts.baseURL, error);
    }
  }
}

function isHttp(address: string): boolean {
  const protocol = URL.canParse(address) ? new URL(address).protocol : "";
  return protocol === "http:" || protocol === "https:";
}
