import { createHash } from "node:crypto";
import OpenAI from "openai";
import type { AnswerOptions, EvalModel } from "../eval-model.ts";
import type {
  EvalRequest,
  EvalResponse,
  GenerateRequest,
  GenerateResponse,
  LettersRequest,
  LettersResponse,
  LogLikelihoodRequest,
  LogLikelihoodResponse,
  PerplexityRequest,
  PerplexityResponse,
  ResponseTo,
} from "../eval-request.ts";
import { cutAtStop } from "./cut-at-stop.ts";
import { echoLogprobs, type EchoedText } from "./echo-logprobs.ts";
import { EndpointError } from "./endpoint-error.ts";
import { letterScores } from "./letter-scores.ts";
import { meanLoss, sum } from "./token-lists.ts";

/** Options of a model behind an address. */
export interface EndpointModelOptions {
  /** Of OpenAI's API, e.g. `http://localhost:8000/v1`. */
  readonly baseURL: string;
  /** The model's name there. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Counts tokens, for prompts that have to be shortened. Without it such benchmarks fail. */
  readonly tokenizer?: { encode(text: string): ArrayLike<number> } | undefined;
  /** Asks what is generated as a message of a user. */
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

/** Greedy, with the penalties of nobody's configuration. */
const GREEDY = { temperature: 0, top_p: 1 } as const;

/** A model behind an OpenAI-compatible address: `/v1/completions`, with log-probabilities where letters or texts are compared. */
export class EndpointModel implements EvalModel {
  readonly name: string;
  readonly fingerprint: string;
  readonly #client: OpenAI;
  readonly #options: EndpointModelOptions;

  constructor(options: EndpointModelOptions) {
    const { baseURL, model, apiKey = "none", maxRetries = 4, asChat } = options;
    this.#options = options;
    this.#client = new OpenAI({ baseURL, apiKey, maxRetries });
    this.name = model;
    const facts = [baseURL, model, asChat ?? false, options.extraBody ?? null];
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
    switch (request.kind) {
      case "letters":
        return this.#letters(request, signal);
      case "logLikelihood":
        return this.#logLikelihood(request, signal);
      case "perplexity":
        return this.#perplexity(request, signal);
      case "generate":
        return this.#options.asChat ? this.#chat(request, signal) : this.#generate(request, signal);
    }
  }

  /** From the alternatives of the next token; those that are not among them are asked for one by one. */
  async #letters(
    { prompt, letters, ids }: LettersRequest,
    signal: AbortSignal | undefined,
  ): Promise<LettersResponse> {
    const { topLogprobs = 20 } = this.#options;
    const body = { ...this.#body(prompt), ...GREEDY, max_tokens: 1, logprobs: topLogprobs };
    const { choices } = await this.#client.completions.create(body, { signal });
    const top = choices[0]?.logprobs?.top_logprobs?.[0];
    if (!top) throw this.#noLogprobs();
    const scores = await letterScores(letters, ids, top, async (spelling) => {
      const { own } = await this.#echo({ prompt, text: spelling }, signal);
      return sum(own);
    });
    return { kind: "letters", scores, truncatedTokens: 0 };
  }

  async #logLikelihood(
    { prompt, continuations }: LogLikelihoodRequest,
    signal: AbortSignal | undefined,
  ): Promise<LogLikelihoodResponse> {
    const logLikelihoods: number[] = [];
    for (const text of continuations)
      logLikelihoods.push(sum((await this.#echo({ prompt, text }, signal)).own));
    return { kind: "logLikelihood", logLikelihoods, truncatedTokens: 0 };
  }

  async #perplexity(
    { texts }: PerplexityRequest,
    signal: AbortSignal | undefined,
  ): Promise<PerplexityResponse> {
    const losses: number[] = [];
    for (const text of texts) {
      const { own } = await this.#echo({ prompt: "", text }, signal);
      losses.push(meanLoss(sum(own), own.length));
    }
    return { kind: "perplexity", losses, truncatedTokens: 0 };
  }

  async #generate(
    { prompt, maxNewTokens, stop, sampling }: GenerateRequest,
    signal: AbortSignal | undefined,
  ): Promise<GenerateResponse> {
    const body = { ...this.#body(prompt), ...samplingBody(sampling), max_tokens: maxNewTokens };
    const { choices } = await this.#client.completions.create(withStop(body, stop), { signal });
    return {
      kind: "generate",
      texts: choices.map(({ text }) => cutAtStop(text, stop)),
      finishReasons: choices.map(({ finish_reason }) => toFinishReason(finish_reason)),
      truncatedTokens: 0,
    };
  }

  async #chat(
    { prompt, maxNewTokens, stop, sampling }: GenerateRequest,
    signal: AbortSignal | undefined,
  ): Promise<GenerateResponse> {
    const { model, extraBody } = { extraBody: DEFAULT_EXTRA, ...this.#options };
    const messages = [{ role: "user" as const, content: prompt }];
    const body = {
      model,
      messages,
      max_tokens: maxNewTokens,
      ...samplingBody(sampling),
      ...extraBody,
    };
    const { choices } = await this.#client.chat.completions.create(withStop(body, stop), {
      signal,
    });
    return {
      kind: "generate",
      texts: choices.map(({ message }) => cutAtStop(message.content ?? "", stop)),
      finishReasons: choices.map(({ finish_reason }) => toFinishReason(finish_reason)),
      truncatedTokens: 0,
    };
  }

  /** Log-probabilities of a text behind a prompt: the server tells those of what it is given. */
  async #echo(
    asked: { readonly prompt: string; readonly text: string },
    signal: AbortSignal | undefined,
  ): Promise<EchoedText> {
    const whole = asked.prompt + asked.text;
    const body = { ...this.#body(whole), ...GREEDY, max_tokens: 1, echo: true, logprobs: 1 };
    const { choices } = await this.#client.completions.create(body, { signal });
    const logprobs = choices[0]?.logprobs;
    if (!logprobs) throw this.#noLogprobs();
    return echoLogprobs(asked, logprobs, this.#options.baseURL);
  }

  #body(prompt: string) {
    const { model, extraBody = DEFAULT_EXTRA } = this.#options;
    return { model, prompt, ...extraBody };
  }

  #noLogprobs(): EndpointError {
    const hint = "let it generate answers instead: --answers generate";
    return new EndpointError(this.#options.baseURL, "log-probabilities", "none", hint);
  }
}

const DEFAULT_EXTRA = { repetition_penalty: 1 };

function samplingBody(sampling: GenerateRequest["sampling"]) {
  if (!sampling) return GREEDY;
  const { n, temperature, topP, seed } = sampling;
  return { n, temperature, top_p: topP, seed };
}

/** OpenAI's API takes up to four texts, and no empty list; the others are looked for afterwards. */
function withStop<Body extends object>(body: Body, stop: readonly string[]): Body {
  return stop.length === 0 ? body : { ...body, stop: stop.slice(0, 4) };
}

function toFinishReason(reason: string | null): "stop" | "length" {
  return reason === "length" ? "length" : "stop";
}
