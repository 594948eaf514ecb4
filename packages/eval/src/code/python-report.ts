import { z } from "zod";
import type { PythonOutcome } from "./python-runner.ts";
import { noSandbox, type SandboxEnd } from "./sandbox-process.ts";

const reportSchema = z.object({
  secret: z.string(),
  status: z.enum(["passed", "failed", "timed out"]),
  message: z.string(),
  exception: z.array(z.string()),
});

/**
 * What became of a program: what was reported with its secret; without that it has not come to its end.
 *
 * @throws {CodeExecutionError} if it has not even begun.
 */
export function outcomeOf(
  { isLate, report, errors, ending }: SandboxEnd,
  secret: string,
): PythonOutcome {
  if (report === "") throw noSandbox(errors.trim() || (isLate ? "none in time" : ending));
  const told = report
    .split("\n")
    .map(parseReport)
    .find((line) => line?.secret === secret);
  if (told !== undefined)
    return { status: told.status, message: told.message, exception: told.exception };
  if (isLate) return { status: "timed out", message: "killed", exception: [] };
  return { status: "failed", message: `ended without a result: ${ending}`, exception: [] };
}

function parseReport(line: string): z.output<typeof reportSchema> | undefined {
  try {
    return reportSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
