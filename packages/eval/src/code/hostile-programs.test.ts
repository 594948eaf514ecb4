import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { homedir } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { describeSandbox } from "./__fixtures__/sandbox.ts";
import { REPORT_FD } from "./python-driver.ts";

afterEach(() => vi.unstubAllEnvs());

/** Command lines of all processes of this machine. */
async function commandLines(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
  );
}

const seconds = { timeoutSeconds: 5 };

describeSandbox("a hostile program", (python) => {
  /** What a program raises: how these programs say what they saw. */
  const confess = async (source: string): Promise<string> =>
    (await python.run({ source, ...seconds })).message;

  it.each([
    ["forks without end", "import os\nwhile True: os.fork()"],
    ["makes a daemon", "import os\nif os.fork() == 0:\n    os.setsid()\n    os.fork()"],
    ["starts a shell", "import os\nif os.system('true') != 0: raise PermissionError"],
    ["starts a program", "import subprocess; subprocess.run(['/bin/true'])"],
  ])("that %s has no children", async (_, source) => {
    const { exception } = await python.run({ source, ...seconds });
    expect(exception).toContain("PermissionError");
  });

  it("gets a few threads only", async () => {
    const source = `
import threading, time
threading.stack_size(65536)
started = 0
try:
    for _ in range(5000):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        started += 1
except RuntimeError: pass
raise Exception(started)`;
    const started = Number(await confess(source));
    expect(started).toBeGreaterThan(1);
    expect(started).toBeLessThan(64);
  });

  it("leaves no process behind when it becomes another program", async () => {
    const controller = new AbortController();
    const source = "import os; os.execv('/bin/sleep', ['sleep', '31337.25'])";
    const run = python.run({ source, timeoutSeconds: 60 }, { signal: controller.signal });
    const isThere = async () => (await commandLines()).includes("sleep\x0031337.25\0");
    await vi.waitUntil(isThere, { timeout: 5000 });
    controller.abort(new Error("enough"));
    await expect(run).rejects.toThrow("enough");
    await vi.waitUntil(async () => !(await isThere()), { timeout: 2000 });
  });

  it("writes nowhere but in its temporary folder", async () => {
    const source = `
import os
written = []
for folder in ${JSON.stringify(["/", "/usr", "/usr/lib", "/etc", "/dev", "/dev/shm", "/tmp", "/home", homedir(), process.cwd()])}:
    try:
        open(os.path.join(folder, "x"), "w").close()
        written.append(folder)
    except OSError: pass
raise Exception(written)`;
    expect(await confess(source)).toBe("['/tmp']");
    expect(await confess("import os; raise Exception(os.listdir('/tmp'))")).toBe("[]");
  });

  it("sees neither keys nor the project nor other processes", async () => {
    const places = [`${homedir()}/.ssh`, `${process.cwd()}/package.json`, "/etc/passwd", "/proc/1"];
    const source = `import os; raise Exception([p for p in ${JSON.stringify(places)} if os.path.exists(p)])`;
    expect(await confess(source)).toBe("[]");
  });

  it("sees nothing of the environment", async () => {
    vi.stubEnv("BAICHUAN2_SECRET", "hunter2");
    const source = "import os; raise Exception(sorted(os.environ))";
    expect(await confess(source)).toBe(
      "['HOME', 'LANG', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'PATH', 'PWD', 'PYTHONHASHSEED', 'TMPDIR']",
    );
  });

  it("has no network, not even this machine", async () => {
    const server = createServer(() => expect.fail("somebody called"));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const source = `import socket; socket.create_connection(("127.0.0.1", ${port}), 2)`;
    const { exception } = await python.run({ source, ...seconds });
    expect(exception).toContain("PermissionError");
    server.close();
  });

  it.each([
    ["a gigabyte at once", "x = bytearray(2 ** 30)", "MemoryError"],
    [
      "a gigabyte in pieces",
      "import mmap; x = [mmap.mmap(-1, 2 ** 26) for _ in range(16)]",
      "OSError",
    ],
    ["memory without a name", "import os; os.memfd_create('x')", "PermissionError"],
    ["a large file", "open('x', 'wb').write(bytearray(2 ** 25))", "OSError"],
    ["many files", "for i in range(9): open(f'{i}', 'wb').write(bytearray(2 ** 23))", "OSError"],
    ["many open files", "x = [open('/dev/null') for _ in range(100)]", "OSError"],
  ])("does not get %s", async (_, source, error) => {
    const { exception } = await python.run({ source, timeoutSeconds: 20 });
    expect(exception).toContain(error);
  });

  it.each([
    ["prints", "for _ in range(1024): print('x' * 2 ** 20)", "passed"],
    [
      "writes to standard output",
      "import os\nfor _ in range(1024): os.write(1, bytes(2 ** 20))",
      "passed",
    ],
    [
      "writes to standard error",
      "import os\nfor _ in range(1024): os.write(2, bytes(2 ** 20))",
      "passed",
    ],
    [
      "reports",
      `import os\nfor _ in range(1024): os.write(${REPORT_FD}, b'x' * 2 ** 20)`,
      "failed",
    ],
  ])("that %s a gigabyte does not fill our memory", async (_, source, status) => {
    const before = process.memoryUsage().rss;
    const outcome = await python.run({ source, timeoutSeconds: 20 });
    expect(outcome.status).toBe(status);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });

  it("kills nobody", async () => {
    const bystander = spawn("sleep", ["60"]);
    const source = `
import os, signal
for process in [-1, 1, os.getppid(), ${process.pid}, ${bystander.pid}]:
    try: os.kill(process, signal.SIGKILL)
    except OSError: pass`;
    expect((await python.run({ source, ...seconds })).status).toBe("passed");
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
  });

  it.each([
    ["exit", "exit(0)"],
    ["sys.exit", "import sys; sys.exit(0)"],
    ["os._exit", "import os; os._exit(0)"],
    ["another program", "import os; os.execv('/bin/true', ['true'])"],
    ["a crash", "import ctypes; ctypes.string_at(0)"],
    ["killing itself", "import os; os.kill(os.getpid(), 9)"],
  ])("does not pass by ending early with %s", async (_, source) => {
    const { status } = await python.run({ source: `${source}\nassert False`, ...seconds });
    expect(status).toBe("failed");
  });

  it("does not pass by saying so", async () => {
    const told = { secret: "x".repeat(64), status: "passed", message: "", exception: [] };
    const source = `import os
for fd in range(64):
    try: os.write(fd, b'\\n${JSON.stringify(told)}\\n')
    except OSError: pass
os._exit(0)`;
    const { status } = await python.run({ source, ...seconds });
    expect(status).toBe("failed");
  });

  it("finds no secret in its arguments, its environment or its channels", async () => {
    const source = `
import os, sys
read = []
for fd in range(3, 64):
    try:
        os.set_blocking(fd, False)
        read.append(os.read(fd, 100))
    except OSError: pass
text = str([read, sys.argv, sys.orig_argv[:-1], os.environ])
import re
raise Exception(re.findall("[0-9a-f]{64}", text))`;
    expect(await confess(source)).toBe("[]");
  });

  it("does not undo its limits", async () => {
    const source = `
import ctypes, os, resource
c = ctypes.CDLL(None, use_errno=True)
could = []
for name, call in {
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    "become root": lambda: os.setuid(0),
    "make a namespace": lambda: c.unshare(0x10000000) and os.strerror(1)[99],
    "mount": lambda: c.mount(b"none", b"/tmp", b"tmpfs", 0, None) and os.strerror(1)[99],
    "remount": lambda: c.mount(None, b"/", None, 32, None) and os.strerror(1)[99],
    "trace": lambda: c.ptrace(0, 0, 0, 0) and os.strerror(1)[99],
    "share memory": lambda: c.shmget(0, 4096, 0o1600) == -1 and os.strerror(1)[99],
}.items():
    try:
        call()
        could.append(name)
    except (OSError, ValueError, IndexError): pass
raise Exception(could)`;
    expect(await confess(source)).toBe("[]");
  });
});
