import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bench } from "./bench.mjs";
import { node24 } from "./processes.mjs";
import { requireNode, SetUpError } from "./set-up.mjs";

/** Runs run.mjs to its end. */
function runScript(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = fileURLToPath(new URL("run.mjs", import.meta.url));
  return new Promise((resolve) => {
    execFile(node24, [script, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

it("run.mjs tells its commands when asked for another, on stderr only", async () => {
  const { code, stdout, stderr } = await runScript("serve");
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain('expected one of start, test, bench, got "serve"');
});

it("bench tells the packages when asked for one that is not there", async () => {
  await expect(bench(["nonesuch"])).rejects.toThrow(
    /bench: expected one of .*tokenizer.*, got "nonesuch"/,
  );
});

it("bench says so when no bench has such a name", async () => {
  await expect(bench(["tokenizer", "nonesuch"])).rejects.toThrow(
    'bench: expected a bench of tokenizer named like "nonesuch", found none',
  );
});

it("requireNode accepts Node 20 and refuses Node 18 with a word on what to do", () => {
  expect(() => requireNode("20.0.0")).not.toThrow();
  expect(() => requireNode("18.20.8")).toThrow(SetUpError);
  expect(() => requireNode("18.20.8")).toThrow(
    /expected Node 20 or newer, got 18\.20\.8 \(install/,
  );
});
