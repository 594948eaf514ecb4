import { toApiError, told } from "../errors/to-api-error.ts";
import type { RunningRequest } from "../engine/run-request.ts";
import type { ServerContext } from "../http/env.ts";
import type { RequestFacts } from "../http/request-facts.ts";
import { eventStream, started } from "../http/event-stream.ts";
import type { ServerState } from "../server-state.ts";

/** Time in which an engine says that it cannot do something at all. */
export const REFUSAL_MS = 50;

/**
 * Sends the chunks of an answer. The request ends with them.
 *
 * @throws what the chunks begin with: then there is no stream.
 */
export async function answerStream(
  { settings }: ServerState,
  c: ServerContext,
  running: RunningRequest,
  chunks: AsyncGenerator<object>,
): Promise<Response> {
  const { facts, requestId } = c.var;
  const events = await started(closing(chunks, running, facts));
  facts.isStream = true; // no error from here on has a status of its own
  return eventStream(c, events, {
    pingIntervalMs: settings.pingIntervalMs,
    onGone: running.abandon,
    signal: running.signal,
    describe: (error) => {
      const apiError = toApiError(error, requestId);
      facts.error = told(apiError);
      return apiError.toBody();
    },
  });
}

/** A generator's result as its last event. */
export async function* withResult<Event, Result>(
  events: AsyncGenerator<Event, Result>,
): AsyncGenerator<Event | { readonly result: Result }> {
  const result = yield* events;
  yield { result };
}

async function* closing<Event>(
  events: AsyncGenerator<Event>,
  running: RunningRequest,
  facts: RequestFacts,
): AsyncGenerator<Event> {
  try {
    yield* events;
  } finally {
    running[Symbol.dispose]();
    if (facts.isStream) facts.onEnd?.();
  }
}
