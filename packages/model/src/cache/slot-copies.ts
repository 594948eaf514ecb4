/** Copies between slots, to be carried out in order: from, to, from, to … */
export type SlotCopies = readonly number[];

/** The place beside the pool that one slot's rows can be put aside in. */
export const SPARE = -1;

/** What the target of a free slot is. */
export const NO_SLOT = -2;

/**
 * Copies that move the rows of every slot to its target, in place: a row is only overwritten when it has been copied.
 *
 * Where slots swap in a circle one of them is put aside first.
 *
 *   1 -> 3, 3 -> 7          copies 3→7, 1→3
 *   1 -> 2, 2 -> 1          copies 1→spare, 2→1, spare→2
 *
 * @param target - The new place of each slot, all different; `NO_SLOT` where a slot's rows are not needed any more.
 */
export function slotCopies(target: Int32Array): SlotCopies {
  const sources = new Int32Array(target.length).fill(NO_SLOT);
  for (const [slot, place] of target.entries()) if (place !== NO_SLOT) sources[place] = slot;
  const copies: number[] = [];
  /** Fills a place, then the one that this has vacated, and so on; back at the start its rows were put aside. */
  const fill = (first: number): void => {
    let place = first;
    for (let from = sources[place] ?? NO_SLOT; from !== NO_SLOT; from = sources[place] ?? NO_SLOT) {
      copies.push(from === first ? SPARE : from, place);
      sources[place] = NO_SLOT;
      place = from;
    }
  };
  for (const [slot, place] of target.entries()) if (place === NO_SLOT) fill(slot);
  for (const [slot, place] of target.entries()) {
    if (place === slot || sources[slot] === NO_SLOT) continue;
    copies.push(slot, SPARE);
    fill(slot);
  }
  return copies;
}
