import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

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
