import { describe, expect, it } from "vitest";
import { sandboxArguments } from "./sandbox-command.ts";

const program = {
  command: ["/opt/py/bin/python3", "-c", "pass"],
  readable: ["/opt/py"],
  cpuSeconds: 5,
  filterFd: 5,
};

describe("sandboxArguments", () => {
  it("gives everybody but root a user namespace", () => {
    const line = sandboxArguments({ ...program, user: undefined }).join(" ");
    expect(line).toContain("--unshare-user --unshare-ipc --unshare-pid --unshare-net");
    expect(line).toContain("--uid 65534 --gid 65534");
    expect(line).not.toContain("--cap-add");
    expect(line).toMatch(/--seccomp 5 -- prlimit .* -- \/opt\/py\/bin\/python3 -c pass$/);
  });

  it("makes root another user, without any rights", () => {
    const line = sandboxArguments({ ...program, user: 61200 }).join(" ");
    expect(line).not.toContain("--unshare-user");
    expect(line).toContain(
      "-- setpriv --reuid 61200 --regid 61200 --clear-groups --inh-caps=-all --bounding-set=-all -- prlimit",
    );
  });

  it("shows the system and what is asked for, and no whole root", () => {
    const given = sandboxArguments({ ...program, user: undefined });
    const shown = given.filter((_, at) => given[at - 1]?.startsWith("--ro-bind"));
    expect(shown).toEqual([
      "/usr",
      "/bin",
      "/sbin",
      "/lib",
      "/lib32",
      "/lib64",
      "/etc/ld.so.cache",
      "/etc/alternatives",
      "/opt/py",
    ]);
    expect(given.join(" ")).toContain("--perms 0755 --dir /opt --ro-bind /opt/py /opt/py");
    expect(given.join(" ")).toContain("--tmpfs /tmp");
    expect(given).not.toContain("--proc");
  });

  it("limits what a program may take", () => {
    const line = sandboxArguments({ ...program, user: undefined }).join(" ");
    expect(line).toContain(
      "prlimit --as=1073741824 --fsize=16777216 --nofile=64 --nproc=64 --core=0 --cpu=5 --",
    );
    expect(line).toContain("--size 67108864 --perms 1777 --tmpfs /tmp");
  });
});
