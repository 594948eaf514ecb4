/** Where the memory goes, in bytes. */
export interface MemoryBreakdown {
  readonly weightsBytes: number;
  /** Keys and values. */
  readonly cacheBytes: number;
  /** Work space of a run. */
  readonly workBytes: number;
  /** Node and onnxruntime. */
  readonly processBytes: number;
  /** LoRA adapters. */
  readonly adapterBytes: number;
  /** What loading takes for a while, beyond all of these. */
  readonly loadBytes: number;
}

/** What would need less memory. */
export type MemoryHint = "dtype-int4" | "no-exact" | "quantize-head";

/** A model needs more memory than there is; nothing was loaded. */
export class MemoryLimitError extends Error {
  override readonly name = "MemoryLimitError";
  readonly code = "ERR_MEMORY_LIMIT";
  readonly needBytes: number;
  readonly availableBytes: number;
  readonly breakdown: MemoryBreakdown;
  /** What would need less; may be empty. */
  readonly hints: readonly MemoryHint[];

  /**
   * @param where - Who refuses.
   * @param hints - What would need less, the most helpful first.
   */
  constructor(
    where: string,
    availableBytes: number,
    breakdown: MemoryBreakdown,
    hints: readonly MemoryHint[],
  ) {
    const needBytes = Object.values(breakdown).reduce<number>((total, bytes) => total + bytes, 0);
    super(
      `${where}: expected ${gigabytes(needBytes)} GB of available memory (${parts(breakdown)}), got ${gigabytes(availableBytes)} GB (${advice(hints)})`,
    );
    this.needBytes = needBytes;
    this.availableBytes = availableBytes;
    this.breakdown = breakdown;
    this.hints = hints;
  }
}

const ADVICE: Readonly<Record<MemoryHint, string>> = {
  "dtype-int4": 'use dtype "int4"',
  "no-exact": "leave out exact",
  "quantize-head": "quantizeHead: true",
};

function advice(hints: readonly MemoryHint[]): string {
  const all = [...hints.map((hint) => ADVICE[hint]), "free some memory"];
  return `${all.join(", ")}; memoryLimitBytes: Infinity loads all the same`;
}

const NAMES: Readonly<Record<keyof MemoryBreakdown, string>> = {
  weightsBytes: "weights",
  cacheBytes: "cache",
  workBytes: "work space",
  processBytes: "process",
  adapterBytes: "adapters",
  loadBytes: "loading",
};

function parts(breakdown: MemoryBreakdown): string {
  const names = Object.keys(NAMES) as (keyof MemoryBreakdown)[];
  return names
    .filter((name) => breakdown[name] > 0)
    .map((name) => `${NAMES[name]} ${gigabytes(breakdown[name])}`)
    .join(", ");
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
