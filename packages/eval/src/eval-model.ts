import type { EvalRequest, ResponseTo } from "./eval-request.ts";

/** Options of a call. */
export interface AnswerOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What is evaluated: a model in this process, or behind an address. */
export interface EvalModel extends AsyncDisposable {
  /** What reports call it. */
  readonly name: string;
  /** Differs between models whose answers may differ; answers are cached under it. */
  readonly fingerprint: string;
  /** Tokens of a text, for prompts that have to be shortened. */
  readonly countTokens: (text: string) => number;
  /** Answers; many calls may run at a time. @throws the signal's reason when it aborts. */
  answer<Request extends EvalRequest>(
    request: Request,
    options?: AnswerOptions,
  ): Promise<ResponseTo<Request>>;
}
