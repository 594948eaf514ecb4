/** What draws where no option says otherwise. */
export const DEFAULT_SEED = 1234;

/** Where random numbers come from. */
export interface RandomSource {
  /** Unsigned 32-bit. */
  readonly seed: number;
  /** Unsigned 32-bit: what is drawn with one seed has streams of its own, see {@link streamOf}. */
  readonly stream: number;
}

/** A stream for a name: FNV-1a, so that what is drawn for one name does not depend on which others there are. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
