import { tokenLogprobs, type GenerateOptions, type Model } from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
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
import { letterTokenIds } from "./letter-token-ids.ts";
import { commonPrefixLength, meanLoss, sum } from "./token-lists.ts";

/** Options of a model in this process. */
export interface EngineModelOptions {
  /** What reports call it. */
  readonly name: string;
  /** Of files, and of how they are loaded and asked: see `checkpointFingerprint`. */
  readonly fingerprint: string;
  /** Asks what is generated or compared as a message of a user, for models that were tuned to chat. */
  readonly asChat?: boolean | undefined;
}

/**
 * A loaded model, to be evaluated. Disposing of it leaves the model as it is.
 *
 * A prompt that is longer than the context loses its beginning, as in OpenCompass.
 *
 * @throws {NoTokenizerError} at the first question, if the model has no tokenizer.
 */
export class EngineModel implements EvalModel {
  readonly name: string;
  readonly fingerprint: string;
  readonly #model: Model;
  readonly #asChat: boolean;

  constructor(model: Model, { name, fingerprint, asChat = false }: EngineModelOptions) {
    this.#model = model;
    this.#asChat = asChat;
    this.name = name;
    this.fingerprint = fingerprint;
  }

  readonly countTokens = (text: string): number => this.#encode(text).length;

  async answer<Request extends EvalRequest>(
    request: Request,
    { signal }: AnswerOptions = {},
  ): Promise<ResponseTo<Request>> {
    return (await this.#answer(request, signal)) as ResponseTo<Request>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The model belongs to whoever loaded it.
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
        return this.#generate(request, signal);
    }
  }

  async #letters(
    { prompt, letters, ids }: LettersRequest,
    signal: AbortSignal | undefined,
  ): Promise<LettersResponse> {
    const { tokenIds, truncatedTokens } = this.#fit(this.#promptIds(prompt), 0);
    const { data } = await this.#model.logits(tokenIds, { last: true, signal });
    const scores = letters.map((letter) => {
      const candidates = letterTokenIds(this.#tokenizer, letter, ids);
      return Math.max(...candidates.map((id) => data[id] ?? Number.NaN));
    });
    return { kind: "letters", scores, truncatedTokens };
  }

  /** Texts are encoded with the prompt; what is one token long needs the prompt's last row alone. */
  async #logLikelihood(
    { prompt, continuations }: LogLikelihoodRequest,
    signal: AbortSignal | undefined,
  ): Promise<LogLikelihoodResponse> {
    const all = this.#promptIds(prompt);
    const rest = continuations.map((text) => this.#continuationIds(prompt, all, text));
    const longest = Math.max(...rest.map(({ length }) => length));
    const { tokenIds, truncatedTokens } = this.#fit(all, longest);
    const logLikelihoods = rest.every(({ length }) => length === 1)
      ? await this.#nextTokens(tokenIds, rest.flat(), signal)
      : await this.#continuations(tokenIds, rest, signal);
    return { kind: "logLikelihood", logLikelihoods, truncatedTokens };
  }

  async #nextTokens(
    tokenIds: readonly number[],
    next: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<number[]> {
    const { data } = await this.#model.logits(tokenIds, { last: true, signal });
    return tokenLogprobs(data, next);
  }

  async #continuations(
    tokenIds: readonly number[],
    rest: readonly (readonly number[])[],
    signal: AbortSignal | undefined,
  ): Promise<number[]> {
    const continuations = rest.map((ids) => ({ tokenIds: ids }));
    const scores = await this.#model.score({ tokenIds }, continuations, { signal });
    return scores.map(({ logLikelihood }) => logLikelihood);
  }

  /** What the texts have in common runs once. */
  async #perplexity(
    { texts }: PerplexityRequest,
    signal: AbortSignal | undefined,
  ): Promise<PerplexityResponse> {
    const fitted = texts.map((text) => this.#fit(this.#encode(text), 0));
    const ids = fitted.map(({ tokenIds }) => tokenIds);
    const common = Math.max(1, commonPrefixLength(ids));
    const [prefix = []] = ids.map((all) => all.slice(0, common));
    const shared = await this.#sharedLogLikelihood(prefix, signal);
    const own = await this.#continuations(
      prefix,
      ids.map((all) => all.slice(common)),
      signal,
    );
    const losses = ids.map(({ length }, i) => meanLoss(shared + (own[i] ?? 0), length - 1));
    return {
      kind: "perplexity",
      losses,
      truncatedTokens: sum(fitted.map(({ truncatedTokens }) => truncatedTokens)),
    };
  }

  async #sharedLogLikelihood(
    prefix: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<number> {
    if (prefix.length < 2) return 0;
    const [first, rest] = [prefix.slice(0, 1), prefix.slice(1)];
    const options = { signal };
    return (await this.#model.score({ tokenIds: first }, { tokenIds: rest }, options))
      .logLikelihood;
  }

  async #generate(
    { prompt, maxNewTokens, stop, sampling }: GenerateRequest,
    signal: AbortSignal | undefined,
  ): Promise<GenerateResponse> {
    const { tokenIds, truncatedTokens } = this.#fit(this.#promptIds(prompt), maxNewTokens);
    const drawn: GenerateOptions = sampling
      ? { ...sampling, doSample: true, topK: 0, repetitionPenalty: 1 }
      : { doSample: false, repetitionPenalty: 1 };
    const options = { ...drawn, maxNewTokens, stop, signal };
    const { choices } = await this.#model.generate({ tokenIds }, options);
    return {
      kind: "generate",
      texts: choices.map(({ text = "" }) => text),
      finishReasons: choices.map(({ finishReason }) => finishReason),
      truncatedTokens,
    };
  }

  get #tokenizer(): Tokenizer {
    this.#encode(""); // throws where there is none
    return this.#model.tokenizer as Tokenizer;
  }

  #encode(text: string): readonly number[] {
    return this.#model.promptIds({ text });
  }

  #promptIds(prompt: string): readonly number[] {
    if (!this.#asChat) return this.#encode(prompt);
    return this.#model.promptIds({ messages: [{ role: "user", content: prompt }] });
  }

  #continuationIds(prompt: string, promptIds: readonly number[], text: string): readonly number[] {
    if (this.#asChat) return this.#encode(text);
    return this.#encode(prompt + text).slice(promptIds.length);
  }

  #fit(
    tokenIds: readonly number[],
    more: number,
  ): { readonly tokenIds: readonly number[]; readonly truncatedTokens: number } {
    const truncatedTokens = Math.max(0, tokenIds.length + more - this.#model.config.modelMaxLength);
    return { tokenIds: tokenIds.slice(truncatedTokens), truncatedTokens };
  }
}
