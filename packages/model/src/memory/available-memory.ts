import { readFileSync } from "node:fs";
import { freemem, totalmem } from "node:os";

/**
 * Bytes that this process could still take, caches of files included: the system gives these up. Containers count with
 * their limit.
 *
 * On macOS it is all memory of the machine: what the system calls free there says nothing about what it can give.
 */
export function availableMemory(): number {
  if (process.platform === "darwin") return totalmem();
  const free = freemem(); // on Linux what the kernel calls available
  const limit = process.constrainedMemory();
  if (limit === 0 || limit >= totalmem()) return free;
  // Node takes what the group uses for used up, its file cache too: after reading a checkpoint nearly all of it.
  return Math.min(free, process.availableMemory() + groupCacheBytes());
}

/** File cache of this process's control group, which the kernel drops before the group runs out of memory. */
function groupCacheBytes(): number {
  const groups = read("/proc/self/cgroup") ?? "";
  const stat = statPaths(groups)
    .map(read)
    .find((text) => text !== undefined);
  return stat === undefined ? 0 : fileCacheBytes(stat);
}

/** Where a process's memory statistics lie, the most likely place first; in a container groups begin at its own. */
export function statPaths(groups: string): string[] {
  const paths = [...groups.matchAll(/^\d+:(memory|):(.*)$/gm)].map(([, controller, path]) => {
    const root = controller === "memory" ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
    return { root, path };
  });
  return paths.flatMap(({ root, path }) => [`${root}${path}/memory.stat`, `${root}/memory.stat`]);
}

/** Bytes of file cache in a `memory.stat` of either version of control groups; those of version 1 have a total. */
export function fileCacheBytes(stat: string): number {
  const values = new Map(
    [...stat.matchAll(/^(\w+) (\d+)$/gm)].map(([, key, value]) => [key, Number(value)]),
  );
  const of = (key: string): number => values.get(`total_${key}`) ?? values.get(key) ?? 0;
  return of("active_file") + of("inactive_file");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // no such group, or a sandbox without it
  }
}
