import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { Trainer } from "./trainer.ts";

it("a training with arguments that cannot be used fails with their error", async () => {
  const trainer = new Trainer({ args: { nothing: 1 }, threads: 1, onMessage: () => {} });
  expect(await trainer.ended).toMatchObject({
    kind: "failed",
    error: { name: "TrainingArgumentError", code: "ERR_TRAINING_ARGUMENT" },
  });
  await trainer.stop(1000); // does nothing any more
});

it("a training that does not end in time is killed", async () => {
  const trainer = new Trainer({ args: {}, threads: 1, onMessage: () => {} });
  await trainer.stop(0); // it has not even started by then
  expect(await trainer.ended).toMatchObject({ kind: "died", how: "SIGKILL" });
});

it("the process ends when nobody is there who told it what to do", async () => {
  const entry = new URL("./trainer-process.ts", import.meta.url);
  const child = fork(entry, [], { execArgv: ["--conditions=@baichuan2/source"] });
  const exited = once(child, "exit");
  child.disconnect();
  const [code] = (await exited) as [number | null];
  expect(code).toBe(1);
});
