import type { z } from "zod";

/**
 * What zod expected and got, without its heading: "Invalid input: expected string, received null" is `expected` "string" and
 * `actual` "null".
 */
export function describeIssue(issue: z.core.$ZodIssue | undefined): {
  readonly expected: string;
  readonly actual: string;
} {
  const message = issue?.message ?? "";
  const [, expected = message.replace(/^[^:]+: expected /, ""), received] =
    /^[^:]+: expected (.+), received (.+)$/.exec(message) ?? [];
  return { expected: expected || "another value", actual: received ?? "another one" };
}
