import type { Model } from "@baichuan2/model";
import type { AnswerOptions, EvalModel } from "../eval-model.ts";
import type { EvalRequest, EvalResponse, ResponseTo } from "../eval-request.ts";
import { EnginePrompts } from "./engine/engine-prompts.ts";
import { answerGenerate } from "./engine/generate.ts";
import { answerLetters } from "./engine/letters.ts";
import { answerLogLikelihood } from "./engine/log-likelihood.ts";
import { answerPerplexity } from "./engine/perplexity.ts";

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
  readonly #prompts: EnginePrompts;

  constructor(model: Model, { name, fingerprint, asChat = false }: EngineModelOptions) {
    this.#prompts = new EnginePrompts(model, asChat);
    this.name = name;
    this.fingerprint = fingerprint;
  }

  readonly countTokens = (text: string): number => this.#prompts.encode(text).length;

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
        return answerLetters(this.#prompts, request, signal);
      case "logLikelihood":
        return answerLogLikelihood(this.#prompts, request, signal);
      case "perplexity":
        return answerPerplexity(this.#prompts, request, signal);
      case "generate":
        return answerGenerate(this.#prompts, request, signal);
    }
  }
}
