import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const reporter = fileURLToPath(new URL("tally-reporter.ts", import.meta.url));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));

/** Runs vitest with the reporter on files in a folder of their own. */
async function runVitest(
  files: Record<string, string>,
): Promise<{ code: number; lines: string[] }> {
  const root = mkdtempSync(join(tmpdir(), "tally-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
    const reporters = ["--reporter=default", `--reporter=${reporter}`];
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [vitest, "run", "--root", root, "--globals", ...reporters],
        (error, stdout) => {
          resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split("\n") });
        },
      );
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

it("closes a green run with exit code 0 and the tally as the last line", async () => {
  const { code, lines } = await runVitest({
    "a.test.ts": `it("one", () => {}); it("two", () => {}); it("three", ({ skip }) => skip("no time"));`,
  });
  expect(lines.at(-2)).toBe("skipped: three: no time");
  expect(lines.at(-1)).toBe("2 passed, 0 failed, 1 skipped");
  expect(code).toBe(0);
});

it("counts failing tests, a failing beforeAll and a file that does not load", async () => {
  const { code, lines } = await runVitest({
    "a.test.ts": `it("passes", () => {}); it("fails", () => { expect(1).toBe(2); });`,
    "b.test.ts": `describe("suite", () => {
      beforeAll(() => { throw new Error("no set-up"); });
      it("never runs", () => {});
    });`,
    "c.test.ts": `throw new Error("does not load");`,
  });
  // a: one passes, one fails; b: the suite fails, its test is skipped; c: the file fails.
  expect(lines.at(-1)).toBe("1 passed, 3 failed, 1 skipped");
  expect(code).toBe(1);
});

it("counts an error that nobody caught, although every test passes", async () => {
  const { code, lines } = await runVitest({
    "a.test.ts": `it("passes", () => { void Promise.reject(new Error("nobody waits")); });`,
  });
  expect(lines.at(-1)).toBe("1 passed, 1 failed, 0 skipped");
  expect(code).toBe(1);
});
