/** No room for the keys and values of more tokens. */
export class KvCacheFullError extends Error {
  override readonly name = "KvCacheFullError";
  readonly code = "ERR_KV_CACHE_FULL";
  /** Slots in use that nobody can be asked to give up. */
  readonly used: number;
  readonly limit: number;
  /** Slots asked for. */
  readonly needed: number;

  constructor(used: number, limit: number, needed: number) {
    super(
      `kvCache: expected room for ${needed} more tokens, got ${used} of ${limit} slots in use (end a sequence, or raise maxSlots)`,
    );
    this.used = used;
    this.limit = limit;
    this.needed = needed;
  }
}
