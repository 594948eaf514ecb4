import { ApiError, clientGone } from "../errors/api-error.ts";
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
  const { admission, settings, cut } = state;
  const ticket = admission.enter(width);
  const end = new AbortController();
  const late = setTimeout(
    () => end.abort(tookTooLong(settings.requestTimeoutMs)),
    settings.requestTimeoutMs,
  );
  const client = c.req.raw.signal;
  const abandon = (): void => {
    if (end.signal.aborted) return;
    const error = clientGone();
    Object.assign(c.var.facts, { isGone: true, error: error.message });
    end.abort(error);
  };
  const onCut = (): void => end.abort(cut.reason);
  client.addEventListener("abort", abandon);
  cut.addEventListener("abort", onCut);
  if (client.aborted) abandon();
  else if (cut.aborted) onCut();
  return {
    signal: end.signal,
    abandon,
    [Symbol.dispose]: () => {
      clearTimeout(late);
      client.removeEventListener("abort", abandon);
      cut.removeEventListener("abort", onCut);
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
