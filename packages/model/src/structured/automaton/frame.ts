/**
 * A state and the states in which callers go on: one way to have read a text. Equal frames of one cache are one object.
 */
export class Frame {
  readonly id: number;
  readonly state: number;
  /** Where the caller goes on when this rule accepts; undefined in the root rule. */
  readonly parent: Frame | undefined;
  /** Open rules below this one. */
  readonly depth: number;
  /** Bytes needed at least to the end of the whole text. */
  readonly distance: number;
  /** Frames that were called from here, or stand here in the callee, by state. */
  readonly children = new Map<number, Frame>();

  constructor(id: number, state: number, parent: Frame | undefined, distance: number) {
    this.id = id;
    this.state = state;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.distance = distance + (parent?.distance ?? 0);
  }
}

/** All ways to have read the same text, and what was learnt about them. */
export class ReadingSet {
  /** Those that can read a byte. */
  readonly frames: readonly Frame[];
  /** Whether the text may end here. */
  readonly mayEnd: boolean;
  /** Bytes needed at least to the end of the text. */
  readonly distance: number;
  /** Cache that made it; see {@link Reader}. */
  readonly epoch: number;
  /** Next set per class of bytes: undefined = not known yet, null = no text goes on so. */
  readonly next: (ReadingSet | null | undefined)[];
  /** Tokens needed at least to the end, when asked for once. */
  tokensToEnd: number | undefined;

  constructor(frames: readonly Frame[], mayEnd: boolean, epoch: number, classCount: number) {
    this.frames = frames;
    this.mayEnd = mayEnd;
    this.epoch = epoch;
    this.next = Array.from({ length: classCount });
    const distances = frames.map(({ distance }) => distance);
    this.distance = mayEnd ? 0 : Math.min(...distances);
  }
}
