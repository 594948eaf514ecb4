/** More than an engine was opened for: tokens of one request, or requests at a time. */
export class EngineLimitError extends Error {
  override readonly name = "EngineLimitError";
  readonly code = "ERR_ENGINE_LIMIT";
  /** The limit's option. */
  readonly option: "maxSlots" | "maxSequences" | "maxWaiting";
  readonly needed: number;
  readonly limit: number;

  /**
   * @param option - The limit's option.
   * @param unit - What is counted.
   * @param hint - What the caller can do.
   */
  constructor(
    option: "maxSlots" | "maxSequences" | "maxWaiting",
    { needed, limit, unit, hint }: { needed: number; limit: number; unit: string; hint: string },
  ) {
    super(`engine: expected at most ${limit} ${unit}, got ${needed} (${hint})`);
    this.option = option;
    this.needed = needed;
    this.limit = limit;
  }
}
