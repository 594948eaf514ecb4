import OpenAI from "openai";
import { EndpointError } from "../endpoint-error.ts";

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
  readonly #client: OpenAI;

  constructor(facts: EndpointFacts) {
    const { baseURL, apiKey, maxRetries } = facts;
    this.facts = facts;
    this.#client = new OpenAI({ baseURL, apiKey, maxRetries });
  }

  /** Choices of a completion. */
  async complete(
    body: CompletionBody,
    signal: AbortSignal | undefined,
  ): Promise<readonly OpenAI.CompletionChoice[]> {
    const { model, extraBody } = this.facts;
    const whole = { ...extraBody, ...body, model };
    return (await this.#client.completions.create(whole, { signal })).choices;
  }

  /** Choices of an answer in a chat. */
  async chat(
    body: ChatBody,
    signal: AbortSignal | undefined,
  ): Promise<readonly OpenAI.ChatCompletion.Choice[]> {
    const { model, extraBody } = this.facts;
    const whole = { ...extraBody, ...body, model };
    return (await this.#client.chat.completions.create(whole, { signal })).choices;
  }

  noLogprobs(): EndpointError {
    const hint = "let it generate answers instead: --answers generate";
    return new EndpointError(this.facts.baseURL, "log-probabilities", "none", hint);
  }
}
