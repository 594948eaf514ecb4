import { describe, expect, it } from "vitest";
import { CodeExecutionError } from "../code-execution-error.ts";
import { createPythonRunner, type SandboxedPython } from "../create-python-runner.ts";

/** What the tests run programs with; it holds nothing while none runs. */
const python = await createPythonRunner().catch((error: unknown) => {
  if (error instanceof CodeExecutionError) return error;
  throw error;
});

/** What runs programs here; undefined: there is no sandbox, or no Python. */
export const pythonHere = python instanceof CodeExecutionError ? undefined : python;

const required = (process.env["REQUIRE_PROGRAMS"] ?? "").split(",");

/**
 * A `describe` that runs programs in a sandbox. Where bubblewrap or Python is missing one skipped test stands for it and says
 * why, or fails if `REQUIRE_PROGRAMS` names `bwrap` or `python3`: there a green run cannot mean that all was skipped.
 */
export function describeSandbox(title: string, suite: (python: SandboxedPython) => void): void {
  const isRequired = required.includes("bwrap") || required.includes("python3");
  describe(title, () => {
    if (!(python instanceof CodeExecutionError)) suite(python);
    else if (isRequired) it("has a sandbox", () => expect.fail(python.message));
    else it("needs a sandbox", ({ skip }) => skip(python.message));
  });
}
