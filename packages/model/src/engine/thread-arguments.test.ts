import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { threadArguments } from "./thread-arguments.ts";

it("threadArguments keeps how modules are found, in both forms, and nothing of the process", () => {
  const execArgv =
    "--max-old-space-size=4096 --conditions=@baichuan2/source -C development --expose-gc --import ./hook.mjs --title mine " +
    "--no-warnings --stack-trace-limit 3 -r=./a.cjs --experimental-strip-types -e main()";
  expect(threadArguments(execArgv.split(" ")).join(" ")).toBe(
    "--conditions=@baichuan2/source -C development --import ./hook.mjs --no-warnings -r=./a.cjs --experimental-strip-types",
  );
});

it.each(["--max-old-space-size=4096", "--expose-gc", "--title=mine", "--stack-trace-limit=3"])(
  "a model loads in a process started with %s",
  (flag) => {
    const entry = fileURLToPath(new URL("../index.ts", import.meta.url));
    const tinyChat = new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url);
    const script = `
      const { loadModel } = await import(${JSON.stringify(entry)});
      await using model = await loadModel(${JSON.stringify(fileURLToPath(tinyChat))});
      console.log((await model.logits([1], { last: true })).shape[1]);
    `;
    const argv = [flag, "--conditions=@baichuan2/source", "--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    expect(stdout, stderr).toBe("512\n");
  },
);
