import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where the program keeps what it can make again: `BAICHUAN2_CACHE`, or `baichuan2` in the system's folder for such files
 * (XDG_CACHE_HOME or ~/.cache; LOCALAPPDATA on Windows).
 */
export function cacheDirectory(environment: Readonly<NodeJS.ProcessEnv> = process.env): string {
  const { BAICHUAN2_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (BAICHUAN2_CACHE) return BAICHUAN2_CACHE;
  const parent = process.platform === "win32" ? LOCALAPPDATA : XDG_CACHE_HOME;
  return join(parent || join(homedir(), ".cache"), "baichuan2");
}

/** Where packed weights are kept, unless the flags say none. */
export function packedCacheDirectory(flags: {
  readonly packedCache?: boolean;
}): string | undefined {
  return flags.packedCache === false ? undefined : join(cacheDirectory(), "packed");
}
