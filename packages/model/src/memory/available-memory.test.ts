import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { availableMemory, fileCacheBytes, statPaths } from "./available-memory.ts";

describe("availableMemory", () => {
  it("is more than nothing and no more than the machine has", () => {
    const bytes = availableMemory();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(totalmem());
  });

  it("finds the statistics of both versions of control groups", () => {
    expect(statPaths("0::/user.slice/app\n")).toEqual([
      "/sys/fs/cgroup/user.slice/app/memory.stat",
      "/sys/fs/cgroup/memory.stat",
    ]);
    expect(statPaths("8:pids:/a\n4:memory:/docker/1\n")).toEqual([
      "/sys/fs/cgroup/memory/docker/1/memory.stat",
      "/sys/fs/cgroup/memory/memory.stat",
    ]);
    expect(statPaths("")).toEqual([]);
  });

  it("counts a group's file cache, and with version 1 that of the groups below it", () => {
    expect(fileCacheBytes("anon 7\ninactive_file 30\nactive_file 12\n")).toBe(42);
    const one = "inactive_file 1\nactive_file 1\ntotal_inactive_file 300\ntotal_active_file 120\n";
    expect(fileCacheBytes(one)).toBe(420);
    expect(fileCacheBytes("")).toBe(0);
  });
});
