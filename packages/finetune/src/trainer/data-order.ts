import { uniform } from "@baichuan2/model";

/**
 * Numbers of rows in the order of an epoch. Depends on seed and epoch alone, so that a run that goes on has the order that it
 * would have had.
 */
export function dataOrder(
  rows: number,
  { seed, epoch }: { seed: number; epoch: number },
): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(uniform(seed, epoch, last) * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
