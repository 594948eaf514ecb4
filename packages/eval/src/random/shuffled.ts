import { createHash } from "node:crypto";
import { uniform } from "@baichuan2/model";

/**
 * The same items in another order, which hangs on nothing but the seed and a name (Fisher and Yates).
 *
 * @param seed - Unsigned 32-bit.
 * @param name - What is shuffled: names of one seed have orders of their own.
 */
export function shuffled<Item>(items: readonly Item[], seed: number, name: string): Item[] {
  const stream = createHash("sha256").update(name).digest().readUInt32LE();
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(uniform(seed, stream, last) * (last + 1));
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
}
