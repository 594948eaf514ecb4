import { expect, it } from "vitest";
import { interleave } from "./interleave.ts";

it("interleave warms each contender up once, then runs them in turns", async () => {
  const calls: string[] = [];
  const contender = (name: string) => ({ name, run: () => void calls.push(name) });
  const timings = await interleave([contender("a"), contender("b")], 3);
  expect(calls.join("")).toBe("ab" + "ababab");
  expect(timings.map(({ name }) => name)).toEqual(["a", "b"]);
});

it("interleave gives seconds, with the median between the extremes", async () => {
  const delaysMs = [0, 30, 10, 20];
  const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, delaysMs.shift()));
  const [timing] = await interleave([{ name: "sleep", run: sleep }], 3);
  // Measured rounds take 30, 10 and 20 ms; a busy machine can only make them longer.
  expect(timing?.minSeconds).toBeGreaterThan(0.009);
  expect(timing?.medianSeconds).toBeGreaterThan(0.019);
  expect(timing?.maxSeconds).toBeGreaterThan(0.029);
  expect(timing?.minSeconds).toBeLessThanOrEqual(timing?.medianSeconds ?? 0);
  expect(timing?.medianSeconds).toBeLessThanOrEqual(timing?.maxSeconds ?? 0);
});
