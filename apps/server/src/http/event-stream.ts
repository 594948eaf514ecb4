import type { ServerContext } from "./env.ts";
import { EventPieces } from "./event-pieces.ts";

/** How a stream of events is sent. */
export interface EventStreamOptions {
  /** Sends a comment where nothing else is sent for so long: proxies and clients give up silent connections. */
  readonly pingIntervalMs: number;
  /** Called when the client has gone, or has seen enough. */
  readonly onGone: () => void;
  /** Aborts where the events are not computed to their end: the stream ends soon then, whether it is read or not. */
  readonly cutShort: AbortSignal;
  /** What a client is told where the events end in an error. */
  readonly describe: (error: unknown) => object;
}

const encoder = new TextEncoder();
const PING = encoder.encode(": ping\n\n");

/** Time in which a client may read why its stream has ended; one that reads nothing would hold its place for ever. */
const LAST_WORDS_MS = 2000;

/** Nothing came in time. */
const SILENCE = Symbol("silence");

/**
 * Answers with server-sent events, each the JSON of a value, and `[DONE]` behind them. The next event is asked for when the
 * client has taken the last: who reads slowly slows its own answer down. Events that are there at once go out together: a
 * write costs more than all that is computed for an event.
 *
 * @param events - Its end ends the answer; what it throws is sent as an event.
 */
export function eventStream(
  c: ServerContext,
  events: AsyncIterator<object>,
  { pingIntervalMs, onGone, cutShort, describe }: EventStreamOptions,
): Response {
  c.header("content-type", "text/event-stream; charset=utf-8");
  c.header("cache-control", "no-cache");
  c.header("x-accel-buffering", "no"); // nginx would collect events otherwise
  const stopWatching = whenStalled(cutShort, () => {
    c.env?.outgoing?.destroy();
    void events.return?.();
  });
  const pieces = new EventPieces(events, describe);
  let pings: NodeJS.Timeout | undefined;
  const end = (): void => {
    stopWatching();
    clearInterval(pings);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const ping = (): void => {
          if (pieces.isSilent) controller.enqueue(PING);
        };
        pings = setInterval(ping, pingIntervalMs / 2); // silent twice in a row
      },
      async pull(controller) {
        controller.enqueue(encoder.encode(await pieces.next()));
        if (!pieces.isOver) return;
        end();
        controller.close();
      },
      async cancel() {
        end();
        onGone();
        await pieces.cancel();
      },
    },
    { highWaterMark: 0 },
  );
  return c.body(body);
}

/**
 * Starts a stream before its first event is asked for, so that what cannot be done at all is an error and not a stream.
 *
 * @param ms - How long to wait for such an error; default until the first event comes.
 * @throws what the events begin with.
 */
export async function started<Event>(
  events: AsyncGenerator<Event>,
  ms?: number,
): Promise<AsyncGenerator<Event>> {
  const first = events.next();
  await (ms === undefined ? first : inTime(first, ms));
  return (async function* () {
    try {
      const { done, value } = await first;
      if (done) return;
      yield value;
      yield* events;
    } finally {
      await events.return(undefined);
    }
  })();
}

async function inTime<Result>(
  promise: Promise<Result>,
  ms: number,
): Promise<Result | typeof SILENCE> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof SILENCE>((resolve) => {
    timer = setTimeout(() => resolve(SILENCE), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns what ends the watch. */
function whenStalled(signal: AbortSignal, onStalled: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(onStalled, LAST_WORDS_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  };
}
