import { toApiError, told } from "../errors/to-api-error.ts";
import type { RunningRequest } from "../engine/run-request.ts";
import type { ServerContext } from "../http/env.ts";
import { eventStream, started } from "../http/event-stream.ts";
import type { ServerState } from "../server-state.ts";

/** Time in which an engine says that it cannot do something at all. */
export const REFUSAL_MS = 50;

/**
 * Sends the chunks of an answer. The request ends with them. What is queued, or has a long prompt, begins with comments.
 *
 * @throws what the chunks begin with, if they do so at once: then there is no stream.
 */
export async function answerStream(
  { settings }: ServerState,
  c: ServerContext,
  running: RunningRequest,
  chunks: AsyncGenerator<object>,
): Promise<Response> {
  const { facts, requestId } = c.var;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    running[Symbol.dispose]();
    if (facts.isStream) facts.onEnd?.();
  };
  const events = await started(withEnd(chunks, end), REFUSAL_MS);
  facts.isStream = true; // no error from here on has a status of its own
  if (isOver) facts.onEnd?.();
  return eventStream(c, events, {
    pingIntervalMs: settings.pingIntervalMs,
    cutShort: running.cutShort,
    onGone: () => {
      running.abandon();
      end(); // also where nothing was ever asked for
    },
    describe: (error) => {
      const apiError = toApiError(error, requestId);
      facts.error = told(apiError);
      facts.errorStatus = apiError.status;
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

async function* withEnd<Event>(
  events: AsyncGenerator<Event>,
  end: () => void,
): AsyncGenerator<Event> {
  try {
    yield* events;
  } finally {
    end();
  }
}
