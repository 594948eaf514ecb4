import { ApiError } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";

/** A request that was let in: what it may use until it ends. */
export interface RunningRequest extends Disposable {
  /** Aborts when the client has gone, the request takes too long, or the server gives up. */
  readonly signal: AbortSignal;
  /** Ends it: the client has gone. */
  readonly abandon: () => void;
}

/**
 * Lets a request in, until it is disposed.
 *
 * @param width - Sequences that it is.
 * @throws {ApiError} 429 or 503 where there is no room.
 */
export function enterRequest(state: ServerState, c: ServerContext, width: number): RunningRequest {
  const { admission, settings, metrics, cut } = state;
  const ticket = admission.enter(width);
  const gone = new AbortController();
  const late = setTimeout(
    () => gone.abort(tookTooLong(settings.requestTimeoutMs)),
    settings.requestTimeoutMs,
  );
  const signal = AbortSignal.any([c.req.raw.signal, gone.signal, cut]);
  let isGone = false;
  const onGone = (): void => {
    if (isGone || signal.reason instanceof ApiError) return;
    isGone = true;
    metrics.aborted();
    c.var.facts.error = "the client has gone";
  };
  signal.addEventListener("abort", onGone, { once: true });
  return {
    signal,
    abandon: () => gone.abort(new DOMException("the client has gone", "AbortError")),
    [Symbol.dispose]: () => {
      clearTimeout(late);
      signal.removeEventListener("abort", onGone);
      ticket[Symbol.dispose]();
    },
  };
}

function tookTooLong(ms: number): ApiError {
  return new ApiError(
    `expected an answer within ${ms / 1000} s, got none (ask for fewer tokens, or raise the server's request timeout)`,
    { status: 504, type: "server_error", code: "request_timeout", shouldRetry: false },
  );
}
