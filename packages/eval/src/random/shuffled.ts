import { createHash } from "node:crypto";

/**
 * The same items in an order that hangs on nothing but the seed, a name and their number: each order is as likely as any.
 *
 * @param name - What is shuffled: names of one seed have orders of their own.
 */
export function shuffled<Item>(items: readonly Item[], seed: number, name: string): Item[] {
  return items
    .map((item, index) => ({ item, key: hash(`${seed}/${name}/${index}`) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
