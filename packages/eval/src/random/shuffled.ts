import { uniform } from "@baichuan2/model";
import type { RandomSource } from "./random-source.ts";

/**
 * The first `count` items of a shuffle; each order is as likely as any.
 *
 * Swap `i` of Fisher and Yates takes place `i + floor(u(i) * (n - i))`, where `u(i)` is number `i` of the Philox stream.
 *
 * @param count - Default: all.
 */
export function shuffled<Item>(
  items: readonly Item[],
  { seed, stream }: RandomSource,
  count = items.length,
): Item[] {
  const order = [...items];
  for (let i = 0; i < count; i++) {
    const place = i + Math.floor(uniform(seed, stream, i) * (order.length - i));
    [order[i], order[place]] = [order[place] as Item, order[i] as Item];
  }
  return order.slice(0, count);
}
