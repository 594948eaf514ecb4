import { memoryInUse, type MemoryInUse } from "./memory-in-use.ts";

/** What an engine says of itself, and of its process. */
export interface EngineStats extends MemoryInUse {
  /** Bytes reserved for keys and values. */
  readonly cacheBytes: number;
  /** Room for the keys and values of tokens. */
  readonly slots: {
    /** In use by sequences or kept for later requests. */
    readonly used: number;
    /** Of these, kept only for later requests. */
    readonly cached: number;
    readonly limit: number;
  };
  /** Beginnings of prompts that were found, instead of computed. */
  readonly prefixCache: {
    readonly lookups: number;
    /** Tokens of beginnings that were looked for. */
    readonly lookupTokens: number;
    readonly hits: number;
    readonly hitTokens: number;
    readonly evictedSlots: number;
  };
  readonly sequences: {
    readonly running: number;
    readonly waiting: number;
    /** Held by a `ModelSequence`. */
    readonly held: number;
    /** Times that a sequence gave its slots to an older one and was computed again. */
    readonly preemptions: number;
  };
  /** Guessed tokens (`speculative`), and those of them that were right. */
  readonly drafts: { readonly proposed: number; readonly accepted: number };
}

/** Of an engine without a thread. */
export function idleStats(): EngineStats {
  return {
    ...memoryInUse(),
    cacheBytes: 0,
    slots: { used: 0, cached: 0, limit: 0 },
    prefixCache: { lookups: 0, lookupTokens: 0, hits: 0, hitTokens: 0, evictedSlots: 0 },
    sequences: { running: 0, waiting: 0, held: 0, preemptions: 0 },
    drafts: { proposed: 0, accepted: 0 },
  };
}
