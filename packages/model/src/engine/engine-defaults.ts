import type { ModelConfig } from "../config.ts";
import type { EngineLimits } from "./protocol.ts";

/** Contexts of full length that the cache can hold where memory allows. */
const DEFAULT_CONTEXTS = 4;

/** Of the memory that is available: what keys and values may take. */
const MEMORY_SHARE = 0.5;

/** An engine takes at least so many tokens, or nothing could be done with it. */
const MIN_SLOTS = 256;

/** All limits of an engine. */
export type EngineLimitValues = Required<{ readonly [Name in keyof EngineLimits]: number }>;

/** Bytes of one token's keys and values in all layers. */
export function slotBytes({
  numHiddenLayers,
  numAttentionHeads,
  headDim,
}: Pick<ModelConfig, "numHiddenLayers" | "numAttentionHeads" | "headDim">): number {
  return numHiddenLayers * numAttentionHeads * headDim * 2 * Float32Array.BYTES_PER_ELEMENT;
}

/**
 * An engine's limits, those that were not given filled in.
 *
 * @param availableBytes - Memory that is available when the weights stand.
 */
export function engineLimits(
  config: ModelConfig,
  limits: EngineLimits,
  availableBytes: number,
): EngineLimitValues {
  const affordable = Math.floor((MEMORY_SHARE * availableBytes) / slotBytes(config));
  const wanted = DEFAULT_CONTEXTS * config.modelMaxLength;
  return {
    maxSequences: limits.maxSequences ?? 32,
    maxWaiting: limits.maxWaiting ?? 1024,
    maxSlots: limits.maxSlots ?? Math.max(MIN_SLOTS, Math.min(wanted, affordable)),
    prefixCacheSlots: limits.prefixCacheSlots ?? 2048,
    interleaveRows: limits.interleaveRows ?? 16,
  };
}
