import { readFileSync } from "node:fs";

/** Memory of the process. */
export interface MemoryInUse {
  /** Resident memory. */
  readonly rssBytes: number;
  /**
   * The part of it that no file backs: what the process needs. The rest are mapped pages (packed weights, libraries) that the
   * system takes back when it wants to. Linux only.
   */
  readonly anonymousBytes: number | undefined;
}

/** Memory of this process, all threads together. */
export function memoryInUse(): MemoryInUse {
  const rssBytes = process.memoryUsage.rss();
  return { rssBytes, anonymousBytes: anonymousBytes() };
}

function anonymousBytes(): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined; // a sandbox without /proc
  }
}
