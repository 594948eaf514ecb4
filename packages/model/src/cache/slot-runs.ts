/**
 * Cuts slots into runs of consecutive ones, in order.
 *
 * @returns first slot and length of each run: `[4, 5, 6, 2]` gives `[4, 3, 2, 1]`.
 */
export function slotRuns(slots: readonly number[]): number[] {
  const runs: number[] = [];
  for (let index = 0; index < slots.length;) {
    const start = slots[index] as number;
    let length = 1;
    while (slots[index + length] === start + length) length++;
    runs.push(start, length);
    index += length;
  }
  return runs;
}
