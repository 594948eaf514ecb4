import { NO_SLOT } from "./slot-copies.ts";
import type { SlotTable } from "./slot-table.ts";

/** A window of this many slots is read in a moment; moving things would gain nothing. */
const MIN_WINDOW = 512;

/** Runs in which a move must have paid back what it cost. */
const PAYBACK_RUNS = 16;

/** Reading a row and writing it, against only reading it. */
const COPY_COST = 2;

/** Where a run's slots lie, and how many they are. */
export interface SlotWindow {
  readonly start: number;
  readonly end: number;
  /** Different slots. */
  readonly count: number;
}

/** Slots by number: 1 where a run needs it. */
export type NeededSlots = Uint8Array;

/** The slots from the first to the last needed one; the dummy slot where none is. */
export function windowOf(needed: NeededSlots): SlotWindow {
  const start = needed.indexOf(1);
  if (start < 0) return { start: 0, end: 1, count: 0 };
  let count = 0;
  for (const isNeeded of needed) count += isNeeded;
  return { start, end: needed.lastIndexOf(1) + 1, count };
}

/**
 * Where slots should go so that those needed lie together: into the stretch where this moves the fewest. Others in that
 * stretch take the places that become free.
 *
 *   needed  . A . b . . A A .        A needed, b used by others
 *   moved   . . . b . A A A .
 *
 * @param needed - Of length `table.end`.
 * @returns the target of each slot (see `slotCopies`); undefined where moving would not pay back soon.
 */
export function planCompaction(needed: NeededSlots, table: SlotTable): Int32Array | undefined {
  const { start, end, count } = windowOf(needed);
  const excess = end - start - count;
  if (end - start <= MIN_WINDOW || end - start <= 2 * count) return undefined;
  const best = bestStretch(needed, table, count);
  if (COPY_COST * best.moves > PAYBACK_RUNS * excess) return undefined;
  return gather(needed, table, best.start, count);
}

/** Moves needed slots into a stretch of `count` slots, and others out of it. */
export function gather(
  needed: NeededSlots,
  table: SlotTable,
  start: number,
  count: number,
): Int32Array {
  const target = new Int32Array(needed.length);
  const vacated: number[] = [];
  const open: number[] = [];
  const foreign: number[] = [];
  const isInside = (slot: number): boolean => slot >= start && slot < start + count;
  for (let slot = 0; slot < needed.length; slot++) {
    const isUsed = slot === 0 || table.countOf(slot) > 0;
    target[slot] = isUsed ? slot : NO_SLOT;
    if (needed[slot] === 1 && !isInside(slot)) vacated.push(slot);
    if (needed[slot] !== 1 && isInside(slot)) (isUsed ? foreign : open).push(slot);
  }
  const places = foreign.concat(open).sort((a, b) => a - b);
  for (const [index, slot] of vacated.entries()) target[slot] = places[index] ?? slot;
  for (const [index, slot] of foreign.entries()) target[slot] = vacated[index] ?? slot;
  return target;
}

/** The stretch of `count` slots that needs the fewest moves: needed slots into it, others out of it. */
function bestStretch(
  needed: NeededSlots,
  table: SlotTable,
  count: number,
): { start: number; moves: number } {
  /** Moves that a slot saves or costs when it is in the stretch. */
  const weight = (slot: number): number =>
    needed[slot] === 1 ? -1 : Number(table.countOf(slot) > 0);
  let moves = count;
  for (let slot = 1; slot <= count; slot++) moves += weight(slot);
  let best = { start: 1, moves };
  for (let start = 2; start + count <= needed.length; start++) {
    moves += weight(start + count - 1) - weight(start - 1);
    if (moves < best.moves) best = { start, moves };
  }
  return best;
}
