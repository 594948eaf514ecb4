import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { threadArguments } from "./thread-arguments.ts";

it("threadArguments keeps how modules are found, in both forms, and nothing else", () => {
  const execArgv =
    "--max-old-space-size=4096 --conditions=@baichuan2/source -C development --expose-gc --import ./hook.mjs --title mine".split(
      " ",
    );
  expect(threadArguments(execArgv)).toEqual([
    "--conditions=@baichuan2/source",
    "-C",
    "development",
    "--import",
    "./hook.mjs",
  ]);
});

it("threadArguments keeps how modules are found, in both forms, and nothing of the process", () => {
  const execArgv =
    "--max-old-space-size=4096 --conditions=@baichuan2/source -C development --expose-gc --import ./hook.mjs --title mine " +
    "--no-warnings --stack-trace-limit 3 -r=./a.cjs --experimental-strip-types -e main()";
  expect(threadArguments(execArgv.split(" ")).join(" ")).toBe(
    "--conditions=@baichuan2/source -C development --import ./hook.mjs --no-warnings -r=./a.cjs --experimental-strip-types",
  );
});

it.each(["--max-old-space-size=512", "--expose-gc", "--stack-trace-limit=3"])(
  "a pool works in a process started with %s",
  (flag) => {
    const entry = fileURLToPath(new URL("../node.ts", import.meta.url));
    const script = `
      const { createNodeQuantPool } = await import(${JSON.stringify(entry)});
      await using pool = createNodeQuantPool({ threads: 1 });
      const { SCB } = await pool.run({ kind: "int8-rows", values: Float32Array.of(1, -3), cols: 2 });
      console.log(SCB[0]);
    `;
    const argv = [flag, "--conditions=@baichuan2/source", "--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    expect(stdout, stderr).toBe("3\n");
  },
);
