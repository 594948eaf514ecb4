/** How the token of a letter is spelled: `A`, `▁A` (with the space before it), or the likelier of the two. */
export type LetterIds = "bare" | "spaced" | "both";

/** Which letter comes next: one row of logits answers it. */
export interface LettersRequest {
  readonly kind: "letters";
  /** Ends where the letter would stand. */
  readonly prompt: string;
  /** `A`, `B` …; each one token. */
  readonly letters: readonly string[];
  readonly ids: LetterIds;
}

/** How likely texts are behind a prompt. */
export interface LogLikelihoodRequest {
  readonly kind: "logLikelihood";
  readonly prompt: string;
  /** With the space that separates them from the prompt, where there is one. */
  readonly continuations: readonly string[];
}

/** How well whole texts are predicted. */
export interface PerplexityRequest {
  readonly kind: "perplexity";
  readonly texts: readonly string[];
}

/** What comes next. */
export interface GenerateRequest {
  readonly kind: "generate";
  readonly prompt: string;
  readonly maxNewTokens: number;
  /** Texts that end the answer; not part of it. */
  readonly stop: readonly string[];
  /** Default: the likeliest token each time, one answer. */
  readonly sampling?: {
    /** Answers that are drawn. */
    readonly n: number;
    readonly temperature: number;
    readonly topP: number;
    readonly seed: number;
  };
}

/** What a model is asked. */
export type EvalRequest =
  | LettersRequest
  | LogLikelihoodRequest
  | PerplexityRequest
  | GenerateRequest;

/** What was left out of a prompt that is longer than the context. */
export interface Truncated {
  /** Tokens that its beginning lost; 0 mostly. */
  readonly truncatedTokens: number;
}

/** Scores of letters. */
export interface LettersResponse extends Truncated {
  readonly kind: "letters";
  /** Of each letter, the logit or what differs from it by the same constant for all. */
  readonly scores: readonly number[];
}

/** Natural logarithms of probabilities. */
export interface LogLikelihoodResponse extends Truncated {
  readonly kind: "logLikelihood";
  /** Of each continuation, the sum over its tokens. */
  readonly logLikelihoods: readonly number[];
}

/** Cross-entropies. */
export interface PerplexityResponse extends Truncated {
  readonly kind: "perplexity";
  /** Of each text, the mean over its tokens but the first, in nats. */
  readonly losses: readonly number[];
}

/** Answers. */
export interface GenerateResponse extends Truncated {
  readonly kind: "generate";
  readonly texts: readonly string[];
  /** Of each text: a stop text or the model's end, or `maxNewTokens`. */
  readonly finishReasons: readonly ("stop" | "length")[];
}

/** What a model answered; of the request's kind. */
export type EvalResponse =
  | LettersResponse
  | LogLikelihoodResponse
  | PerplexityResponse
  | GenerateResponse;

/** The response to a request. */
export type ResponseTo<Request extends EvalRequest> = Extract<
  EvalResponse,
  { kind: Request["kind"] }
>;
