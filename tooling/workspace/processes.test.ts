import { delimiter } from "node:path";
import { describe, expect, it } from "vitest";
import { environment, node24, run, tool } from "./processes.mjs";

describe("run", () => {
  it("gives the exit code of the program", async () => {
    expect(await run(node24, ["-e", "process.exit(3)"])).toBe(3);
  });

  it("gives 128 + n where signal n ended the program", async () => {
    // SIGTERM is 15.
    expect(await run(node24, ["-e", "process.kill(process.pid, 'SIGTERM')"])).toBe(143);
  });

  it("passes arguments on untouched by any shell", async () => {
    const script = `process.exit(process.argv[1] === '$HOME "你好" *' ? 0 : 1)`;
    expect(await run(node24, ["-e", script, '$HOME "你好" *'])).toBe(0);
  });

  it("rejects where the program cannot be started", async () => {
    await expect(run("no-such-program", [])).rejects.toThrow(/ENOENT/);
  });
});

it("the environment puts the workspace's programs first and keeps onnxruntime from downloading", () => {
  const env = environment();
  expect(env["PATH"]?.split(delimiter)[0]).toMatch(/node_modules[\\/]\.bin$/);
  expect(env["ONNXRUNTIME_NODE_INSTALL"]).toBe("skip");
});

it("tool finds the script behind a package's command, in both forms of `bin`", () => {
  expect(tool("vitest")).toMatch(/vitest\.mjs$/);
  expect(tool("typescript", "tsc")).toMatch(/tsc$/);
  expect(tool("size-limit")).toMatch(/bin\.js$/);
});
