import { dirname } from "node:path";

/** Most that a program may take. Enough for each solution of HumanEval and MBPP many times over. */
export const LIMITS = {
  /** Of address space. There is one process only, so it bounds the memory too. */
  memoryBytes: 2 ** 30,
  /** Of the temporary folder, which lies in memory. */
  tmpBytes: 2 ** 26,
  fileBytes: 2 ** 24,
  openFiles: 64,
  threads: 64,
} as const;

/** What is to run in a sandbox. */
export interface SandboxedProgram {
  readonly command: readonly string[];
  /** Folders and files that it needs to read, beside the system's programs and libraries. */
  readonly readable: readonly string[];
  /** Seconds of processor time, after which it is killed even if nobody watches. */
  readonly cpuSeconds: number;
  /** User that it runs as; undefined: whoever runs it, in a namespace of its own. */
  readonly user: number | undefined;
  /** File descriptor that the filter of system calls is read from. */
  readonly filterFd: number;
}

/** The system's programs and libraries. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"];

/** Where libraries are found. */
const LOADER = ["/etc/ld.so.cache", "/etc/alternatives"];

/** All that programs find in their environment. Hashes are the same in each run, so that sets have one order. */
const ENVIRONMENT = {
  PATH: "/usr/bin:/bin",
  HOME: "/tmp",
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  PYTHONHASHSEED: "0",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
};

/**
 * Arguments of bubblewrap for a program that can read the system's files and write `/tmp`, a folder in memory: no other
 * file is there, no network, no process but its own, and no `/proc`.
 *
 * Root gets no user namespace but another user: within such a namespace root stays the owner of `/proc/sys`, and the
 * number of root's processes is never limited.
 *
 * @see https://github.com/containers/bubblewrap
 */
export function sandboxArguments(program: SandboxedProgram): string[] {
  return [
    ["--die-with-parent", "--new-session", "--clearenv"],
    Object.entries(ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]),
    namespaces(program.user),
    SYSTEM.flatMap((path) => ["--ro-bind-try", path, path]),
    folder("/etc"),
    LOADER.flatMap((path) => ["--ro-bind-try", path, path]),
    ["--dev", "/dev", "--remount-ro", "/dev"],
    ["--size", `${LIMITS.tmpBytes}`, "--perms", "1777", "--tmpfs", "/tmp"],
    program.readable.flatMap((path) => [...parents(path), "--ro-bind", path, path]),
    ["--remount-ro", "/", "--chdir", "/tmp"],
    ["--seccomp", `${program.filterFd}`, "--"],
    program.user === undefined ? [] : becoming(program.user),
    limits(program.cpuSeconds),
    program.command,
  ].flat();
}

function namespaces(user: number | undefined): string[] {
  const kinds = ["ipc", "pid", "net", "uts", "cgroup-try"].map((kind) => `--unshare-${kind}`);
  if (user === undefined) return ["--unshare-user", ...kinds, "--uid", "65534", "--gid", "65534"];
  const needed = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"];
  return [...kinds, "--cap-drop", "ALL", ...needed.flatMap((name) => ["--cap-add", name])];
}

/** Drops all rights, those that brought it here included. */
function becoming(user: number): string[] {
  const ids = ["--reuid", `${user}`, "--regid", `${user}`, "--clear-groups"];
  return ["setpriv", ...ids, "--inh-caps=-all", "--bounding-set=-all", "--"];
}

function limits(cpuSeconds: number): string[] {
  const { memoryBytes, fileBytes, openFiles, threads } = LIMITS;
  const rest = [`--nofile=${openFiles}`, `--nproc=${threads}`, "--core=0", `--cpu=${cpuSeconds}`];
  return ["prlimit", `--as=${memoryBytes}`, `--fsize=${fileBytes}`, ...rest, "--"];
}

/** A folder that everybody may pass: bubblewrap makes those on the way to a file for its own user alone. */
function folder(path: string): string[] {
  return ["--perms", "0755", "--dir", path];
}

function parents(path: string): string[] {
  const above = dirname(path);
  return above === "/" ? [] : [...parents(above), ...folder(above)];
}
