import { everyToken, type PrefixUnits } from "./prefix-units.ts";
import type { SequenceAdapter } from "./sequence.ts";
import type { SlotTable } from "./slot-table.ts";

/** What identifies a child: the tokens of its first unit. */
type UnitKey = number | string;

/** A piece of text that all texts below it continue. */
interface Edge {
  parent: Edge | undefined;
  /** Tokens before it. */
  start: number;
  tokenIds: readonly number[];
  /** Slots of its tokens. */
  slots: readonly number[];
  readonly children: Map<UnitKey, Edge>;
}

/** What a prefix cache has done so far. */
export interface PrefixCacheStats {
  readonly lookups: number;
  /** Tokens that could have been found: all of a text but its last. */
  readonly lookupTokens: number;
  /** Lookups that found at least one token. */
  readonly hits: number;
  readonly hitTokens: number;
  /** Slots held now; some of them by sequences as well. */
  readonly cachedSlots: number;
  readonly evictedSlots: number;
}

/** Options of a prefix cache. */
export interface PrefixCacheOptions {
  /** Slots that may be held for later alone; 0 keeps none. */
  readonly maxCachedSlots: number;
  /** Where texts may be cut. Default: anywhere. */
  readonly units?: PrefixUnits | undefined;
}

/** What is known of a text besides its tokens and slots. */
export interface InsertOptions {
  readonly length?: number | undefined;
  readonly adapter?: SequenceAdapter | undefined;
}

/**
 * Remembers texts with their slots, so that a text with the same beginning need not be computed again: a key and a value
 * depend on nothing but the adapter and the tokens up to theirs.
 *
 * A radix tree for each adapter: an edge holds a piece of text that nothing branches off, with the slots of its tokens.
 *
 *   root ── 5 6 7 ─┬─ 8 9        texts 5 6 7 8 9, 5 6 7 2 and 4
 *        │         └─ 2
 *        └─ 4
 *
 * Finding takes one comparison a token. The least recently used leaf goes first, its last tokens before its first.
 */
export class PrefixCache {
  readonly #table: SlotTable;
  readonly #units: PrefixUnits;
  readonly #maxCachedSlots: number;
  readonly #plainRoot = newRoot();
  /** Of adapters that live. */
  readonly #roots = new WeakMap<SequenceAdapter, Edge>();
  /** All edges, least recently used first; an edge comes after those below it. */
  readonly #edges = new Set<Edge>();
  readonly #stats = {
    lookups: 0,
    lookupTokens: 0,
    hits: 0,
    hitTokens: 0,
    cachedSlots: 0,
    evictedSlots: 0,
  };

  constructor(table: SlotTable, { maxCachedSlots, units = everyToken }: PrefixCacheOptions) {
    this.#table = table;
    this.#units = units;
    this.#maxCachedSlots = maxCachedSlots;
  }

  get stats(): PrefixCacheStats {
    return { ...this.#stats };
  }

  /**
   * The longest known beginning of a text, but never all of it: its last token must run to give logits.
   *
   * @returns slots of its tokens, which the caller must retain.
   */
  lookup(tokenIds: readonly number[], adapter?: SequenceAdapter): number[] {
    const end = this.#units.floor(tokenIds.length - 1);
    const { path, length } = this.#walk(this.#rootOf(adapter), tokenIds, end);
    this.#touch(path);
    this.#stats.lookups += 1;
    this.#stats.lookupTokens += Math.max(0, tokenIds.length - 1);
    this.#stats.hits += Number(length > 0);
    this.#stats.hitTokens += length;
    const slots: number[] = [];
    for (const edge of path) {
      for (const slot of edge.slots) if (slots.length < length) slots.push(slot);
    }
    return slots;
  }

  /**
   * Remembers a text. Where its beginning is known, the slots known stay; only the rest is added.
   *
   * @param slots - Of its tokens, in use.
   * @param options.length - Tokens to remember; default all.
   * @param options.adapter - That they were computed with; default none.
   */
  insert(
    tokenIds: readonly number[],
    slots: readonly number[],
    { length = tokenIds.length, adapter }: InsertOptions = {},
  ): void {
    const end = this.#units.floor(length);
    if (this.#maxCachedSlots <= 0 || end <= 0) return;
    const root = this.#rootOf(adapter);
    const { path, length: known } = this.#walk(root, tokenIds, end);
    const last = path.at(-1);
    if (last && known < last.start + last.tokenIds.length)
      path.splice(-1, 1, this.#split(last, known));
    if (known < end) this.#add(root, path, tokenIds.slice(known, end), slots.slice(known, end));
    this.#touch(path);
    this.trim();
  }

  /**
   * Gives up slots that nobody else uses, least recently used first.
   *
   * @returns how many became free; fewer than `count` only if there were no more.
   */
  evict(count: number): number {
    let freed = 0;
    while (freed < count && this.#table.cachedOnly > 0) {
      const leaf = this.#oldestLeaf();
      if (!leaf) break;
      freed += this.#shorten(leaf, count - freed);
    }
    return freed;
  }

  /** Gives up what is over the limit: to be called when a sequence has given its slots back. */
  trim(): void {
    const excess = this.#table.cachedOnly - this.#maxCachedSlots;
    if (excess > 0) this.evict(excess);
  }

  /** Forgets a text from one of its tokens on, with all texts that continue what is forgotten. */
  forget(tokenIds: readonly number[], from: number, adapter?: SequenceAdapter): void {
    const end = this.#units.floor(tokenIds.length);
    const { path } = this.#walk(this.#rootOf(adapter), tokenIds, end);
    const first = path.find(({ start, slots }) => start + slots.length > from);
    if (first) this.#drop([first]);
  }

  /** Forgets all texts of an adapter. */
  forgetAll(adapter: SequenceAdapter): void {
    const root = this.#roots.get(adapter);
    if (root) this.#drop([...root.children.values()]);
  }

  /** Drops edges with all below them. */
  #drop(edges: readonly Edge[]): void {
    const branch = [...edges];
    for (const edge of branch) branch.push(...edge.children.values());
    for (const edge of branch.toReversed()) {
      this.#table.drop(edge.slots);
      this.#stats.cachedSlots -= edge.slots.length;
      this.#remove(edge);
    }
  }

  /** Forgets everything. */
  clear(): void {
    for (const { slots, parent } of this.#edges) {
      this.#table.drop(slots);
      parent?.children.clear();
    }
    this.#edges.clear();
    this.#stats.cachedSlots = 0;
  }

  /** Follows slots whose contents were moved. */
  rewire(target: Int32Array): void {
    for (const edge of this.#edges) edge.slots = edge.slots.map((slot) => target[slot] ?? slot);
  }

  #rootOf(adapter: SequenceAdapter | undefined): Edge {
    if (!adapter) return this.#plainRoot;
    const root = this.#roots.get(adapter) ?? newRoot();
    this.#roots.set(adapter, root);
    return root;
  }

  /** Follows a text down a tree, in whole units up to `end`; the last edge may be known in part. */
  #walk(root: Edge, tokenIds: readonly number[], end: number): { path: Edge[]; length: number } {
    const path: Edge[] = [];
    let [edge, length] = [root, 0];
    while (this.#units.next(length) <= end) {
      const child = edge.children.get(this.#keyAt(tokenIds, length));
      if (!child) break;
      path.push(child);
      length = this.#follow(child, tokenIds, end);
      if (length < child.start + child.tokenIds.length) break;
      edge = child;
    }
    return { path, length };
  }

  /** How far a text goes along an edge, in whole units up to `end`. */
  #follow({ start, tokenIds: known }: Edge, tokenIds: readonly number[], end: number): number {
    const last = Math.min(end, start + known.length);
    let length = start;
    for (let cut = this.#units.next(start); cut <= last; cut = this.#units.next(cut)) {
      for (let token = length; token < cut; token++)
        if (known[token - start] !== tokenIds[token]) return length;
      length = cut;
    }
    return length;
  }

  #keyAt(tokenIds: readonly number[], cut: number): UnitKey {
    const end = this.#units.next(cut);
    return end === cut + 1 ? (tokenIds[cut] ?? -1) : tokenIds.slice(cut, end).join();
  }

  /** Cuts an edge in two. @returns the upper one. */
  #split(edge: Edge, length: number): Edge {
    const { parent } = edge;
    const at = length - edge.start;
    const [tokenIds, slots] = [edge.tokenIds.slice(0, at), edge.slots.slice(0, at)];
    const upper: Edge = { parent, start: edge.start, tokenIds, slots, children: new Map() };
    parent?.children.set(this.#keyOf(upper), upper);
    edge.parent = upper;
    edge.start = length;
    edge.tokenIds = edge.tokenIds.slice(at);
    edge.slots = edge.slots.slice(at);
    upper.children.set(this.#keyOf(edge), edge);
    return upper;
  }

  /** Adds text at the end of a path: to its last edge where nothing branches off there, else as an edge of its own. */
  #add(root: Edge, path: Edge[], tokenIds: readonly number[], slots: readonly number[]): void {
    this.#table.keep(slots);
    this.#stats.cachedSlots += slots.length;
    const last = path.at(-1);
    if (last && last.children.size === 0) {
      last.tokenIds = last.tokenIds.concat(tokenIds);
      last.slots = last.slots.concat(slots);
      return;
    }
    const parent = last ?? root;
    const start = parent.start + parent.tokenIds.length;
    const edge: Edge = { parent, start, tokenIds, slots, children: new Map() };
    parent.children.set(this.#keyOf(edge), edge);
    path.push(edge);
  }

  #keyOf({ start, tokenIds }: Edge): UnitKey {
    const count = this.#units.next(start) - start;
    return count === 1 ? (tokenIds[0] ?? -1) : tokenIds.slice(0, count).join();
  }

  /** Marks a path as just used, the leaf before those above it. */
  #touch(path: readonly Edge[]): void {
    for (const edge of path.toReversed()) {
      this.#edges.delete(edge);
      this.#edges.add(edge);
    }
  }

  /** A leaf whose end nobody else uses, else any. */
  #oldestLeaf(): Edge | undefined {
    let oldest: Edge | undefined;
    for (const edge of this.#edges) {
      if (edge.children.size > 0) continue;
      if (this.#table.isCachedOnly(edge.slots.at(-1) ?? 0)) return edge;
      oldest ??= edge;
    }
    return oldest;
  }

  /** Takes units off a leaf's end until enough slots are free or nothing is left of it. */
  #shorten(leaf: Edge, wanted: number): number {
    let length = leaf.slots.length;
    let freed = 0;
    while (length > 0 && freed < wanted) {
      const shorter = Math.max(0, this.#units.floor(leaf.start + length - 1) - leaf.start);
      freed += this.#table.drop(leaf.slots.slice(shorter, length));
      length = shorter;
    }
    this.#stats.evictedSlots += leaf.slots.length - length;
    this.#stats.cachedSlots -= leaf.slots.length - length;
    if (length === 0) this.#remove(leaf);
    leaf.tokenIds = leaf.tokenIds.slice(0, length);
    leaf.slots = leaf.slots.slice(0, length);
    return freed;
  }

  #remove(leaf: Edge): void {
    leaf.parent?.children.delete(this.#keyOf(leaf));
    this.#edges.delete(leaf);
  }
}

/** The root of a tree without texts. */
function newRoot(): Edge {
  return { parent: undefined, start: 0, tokenIds: [], slots: [], children: new Map() };
}
