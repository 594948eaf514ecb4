import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { describeSandbox } from "./__fixtures__/sandbox.ts";
import { createPythonRunner } from "./create-python-runner.ts";
import { findPython } from "./find-python.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "baichuan2-python-"));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A program that answers as a Python with these folders does. */
async function pretend(folders: readonly string[]): Promise<string> {
  const script = join(folder, "pretended-python");
  const answer = { executable: "/usr/bin/python3", version: "3.11.7", folders };
  await writeFile(script, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  await chmod(script, 0o755);
  return script;
}

describe("findPython", () => {
  it("leaves out folders that are part of the system", async () => {
    const python = await findPython(await pretend(["/usr", "/usr/local", folder]));
    expect(python).toEqual({
      executable: "/usr/bin/python3",
      version: "3.11.7",
      folders: [folder],
    });
  });

  it.each(["/", homedir(), process.cwd()])(
    "refuses an installation in %s, which would show all that is there",
    async (prefix) => {
      const script = await pretend([prefix]);
      await expect(findPython(script)).rejects.toMatchObject({
        code: "ERR_CODE_EXECUTION",
        expected: "an installation of Python in a folder of its own",
      });
    },
  );

  it("looks where BAICHUAN2_PYTHON says", async () => {
    vi.stubEnv("BAICHUAN2_PYTHON", "/nowhere/python3");
    await expect(findPython()).rejects.toThrow(/^\/nowhere\/python3: expected a Python 3, got /);
    await expect(findPython()).rejects.toThrow("install python3, or name one with the option");
  });

  it("refuses what is no Python", async () => {
    await expect(findPython("/bin/true")).rejects.toThrow("/bin/true: expected a Python 3, got ");
  });
});

describeSandbox("a virtual environment", () => {
  it("runs with its packages", async () => {
    const venv = join(folder, "venv");
    const { executable } = await findPython();
    execFileSync(executable, ["-m", "venv", "--without-pip", venv]);
    const python = join(venv, "bin", "python");
    const where = "import sysconfig; print(sysconfig.get_path('purelib'))";
    const packages = execFileSync(python, ["-c", where], { encoding: "utf8" }).trim();
    await writeFile(join(packages, "baichuan2_probe.py"), "ANSWER = 42\n");
    await using runner = await createPythonRunner({ python });
    const source = "import baichuan2_probe; assert baichuan2_probe.ANSWER == 42";
    expect(await runner.run({ source, timeoutSeconds: 10 })).toMatchObject({ status: "passed" });
  });
});
