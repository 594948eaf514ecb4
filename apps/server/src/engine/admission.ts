import { ApiError, unavailable } from "../errors/api-error.ts";

/** How many requests a server takes. */
export interface AdmissionLimits {
  /** Sequences that the engine runs side by side. */
  readonly maxSequences: number;
  /** Sequences that may wait for them; more are refused with 429. */
  readonly maxWaiting: number;
}

/** A request that was let in. */
export interface Ticket extends Disposable {
  /** Milliseconds from entering to leaving count for the estimate of those who wait. */
  readonly enteredAt: number;
}

/** Weight of the latest request in the mean. */
const NEW_SHARE = 0.2;

/** Taken for a request's length before one has ended. */
const FIRST_GUESS_MS = 2000;

/** Longest wait that a client is sent away for: OpenAI's take no more seriously. */
const MAX_RETRY_MS = 60_000;

/** Lets requests in, up to a limit, and knows when it makes sense to come again. */
export class Admission {
  readonly #limits: AdmissionLimits;
  #inside = 0;
  #requests = 0;
  #meanMs = FIRST_GUESS_MS;
  #isDraining = false;
  #idle = Promise.withResolvers<void>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Requests inside. */
  get requests(): number {
    return this.#requests;
  }

  /** Sequences of those that are inside, running or waiting. */
  get sequences(): number {
    return this.#inside;
  }

  /**
   * Lets a request in until its ticket is disposed.
   *
   * @param width - Sequences that it is.
   * @throws {ApiError} 503 while the server shuts down, 429 where too many wait; both with the time after which to try again.
   */
  enter(width: number): Ticket {
    if (this.#isDraining) throw shuttingDown();
    const { maxSequences, maxWaiting } = this.#limits;
    const capacity = maxSequences + maxWaiting;
    // A wide request that finds the server empty may enter: nothing else would ever let it.
    if (this.#inside > 0 && this.#inside + width > capacity) throw this.#tooMany();
    this.#inside += width;
    this.#requests += 1;
    return this.#ticket(width);
  }

  /** Lets nobody in any more, and waits for those inside. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    while (this.#requests > 0) await this.#idle.promise;
  }

  #ticket(width: number): Ticket {
    const enteredAt = performance.now();
    let isInside = true;
    return {
      enteredAt,
      [Symbol.dispose]: () => {
        if (!isInside) return;
        isInside = false;
        this.#leave(width, performance.now() - enteredAt);
      },
    };
  }

  #leave(width: number, ms: number): void {
    this.#inside -= width;
    this.#requests -= 1;
    this.#meanMs += NEW_SHARE * (ms - this.#meanMs);
    if (this.#requests > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers<void>();
  }

  /** The time until those who wait now have had their turn. */
  get retryAfterMs(): number {
    const waiting = Math.max(1, this.#inside - this.#limits.maxSequences);
    const ms = (this.#meanMs * waiting) / this.#limits.maxSequences;
    return Math.min(MAX_RETRY_MS, Math.max(100, ms));
  }

  #tooMany(): ApiError {
    const { maxSequences, maxWaiting } = this.#limits;
    return new ApiError(
      `expected at most ${maxWaiting} requests to wait beside ${maxSequences} that run, got one more (try again later)`,
      {
        status: 429,
        type: "rate_limit_error",
        code: "queue_full",
        retryAfterMs: this.retryAfterMs,
        shouldRetry: true,
      },
    );
  }
}

function shuttingDown(): ApiError {
  const message = "the server is shutting down and takes no new requests (try again)";
  return unavailable(message, { code: "shutting_down" });
}
