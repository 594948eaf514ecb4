/** A pool that can do no more: disposed, or one of its threads died. */
export class QuantPoolError extends Error {
  override readonly name = "QuantPoolError";
  readonly code = "ERR_QUANT_POOL";
  readonly reason: "disposed" | "thread-died";

  private constructor(reason: "disposed" | "thread-died", message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  static disposed(): QuantPoolError {
    return new QuantPoolError(
      "disposed",
      "QuantPool: expected a live pool, got one that was disposed (create a new one)",
    );
  }

  /** @param what - What the thread's last event told. */
  static threadDied(what: string, cause?: unknown): QuantPoolError {
    return new QuantPoolError(
      "thread-died",
      `QuantPool: expected its threads to live, got a dead one: ${what} (create a new pool; ` +
        "if memory ran out, with fewer threads or smaller jobs; threads: 0 needs none)",
      { cause },
    );
  }
}
