import { ApiError, clientGone } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";

/** A request that was let in: what it may use until it ends. Disposed it ends whatever still runs for it. */
export interface RunningRequest extends Disposable {
  /** For the work: aborts when the request has ended, however. */
  readonly signal: AbortSignal;
  /** Aborts when the client has gone, the request takes too long, or the server gives up. */
  readonly cutShort: AbortSignal;
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
  const [end, done] = [new AbortController(), new AbortController()];
  const late = setTimeout(
    () => end.abort(tookTooLong(settings.requestTimeoutMs)),
    settings.requestTimeoutMs,
  );
  const client = c.req.raw.signal;
  const abandon = (): void => {
    if (end.signal.aborted || done.signal.aborted) return;
    const error = clientGone();
    Object.assign(c.var.facts, { isGone: true, error: error.message });
    end.abort(error);
  };
  const onCut = (): void => end.abort(cut.reason);
  end.signal.addEventListener("abort", () => done.abort(end.signal.reason), { once: true });
  client.addEventListener("abort", abandon);
  cut.addEventListener("abort", onCut);
  if (client.aborted) abandon();
  else if (cut.aborted) onCut();
  return {
    signal: done.signal,
    cutShort: end.signal,
    abandon,
    [Symbol.dispose]: () => {
      clearTimeout(late);
      client.removeEventListener("abort", abandon);
      cut.removeEventListener("abort", onCut);
      ticket[Symbol.dispose]();
      // What it has started and not awaited, because something else of it failed.
      done.abort(new DOMException("the request has ended", "AbortError"));
    },
  };
}

function tookTooLong(ms: number): ApiError {
  return new ApiError(
    `expected an answer within ${ms / 1000} s, got none (ask for fewer tokens, or raise the server's request timeout)`,
    { status: 504, type: "server_error", code: "request_timeout", shouldRetry: false },
  );
}
