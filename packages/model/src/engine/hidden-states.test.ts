import { fileURLToPath } from "node:url";
import { UnsupportedError } from "@baichuan2/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../load-model.ts";
import type { Model } from "../model.ts";
import { hiddenStateNames } from "./tasks/hidden-states-task.ts";

/** A random model of 3 layers, hidden size 64 and 512 tokens. */
const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

it("states are named in the order of the network", () => {
  expect(hiddenStateNames({ numHiddenLayers: 2 })).toEqual([
    "embed",
    "layer0",
    "layer1",
    "final_norm",
  ]);
});

describe("a model loaded with trace", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(tinyChat, { trace: true });
  });
  afterAll(() => model.dispose());

  /** Longer than two chunks of a prefill. */
  const longText = Array.from({ length: 520 }, (_, t) => 4 + ((t * 37) % 500));

  it("gives the same states of a text that takes several chunks as of its beginning", async () => {
    const whole = await model.hiddenStates(longText);
    const beginning = await model.hiddenStates(longText.slice(0, 10));
    expect(whole.names).toEqual(["embed", "layer0", "layer1", "layer2", "final_norm"]);
    for (const [index, state] of beginning.states.entries()) {
      expect(whole.states[index]).toHaveLength(520 * 64);
      const expected = [...state].map((value) => expect.closeTo(value, 4) as number);
      expect([...(whole.states[index]?.subarray(0, 10 * 64) ?? [])]).toEqual(expected);
    }
    expect(whole.logits.shape).toEqual([520, 512]);
    // The last rows of all chunks are there: no state of a token is all zeros.
    for (const state of whole.states)
      for (let t = 0; t < 520; t++)
        expect(state.subarray(t * 64, (t + 1) * 64).some((value) => value !== 0)).toBe(true);
  });

  it("gives the logits of an untraced run, and generates as ever beside it", async () => {
    const [traced, logits, generation] = await Promise.all([
      model.hiddenStates([5, 6, 7]),
      model.logits([5, 6, 7]),
      model.generate({ tokenIds: [5, 6] }, { maxNewTokens: 3, ignoreEos: true }),
    ]);
    // The pool may have grown between the two: sums of another length, rounded at other places.
    expect(traced.logits.shape).toEqual(logits.shape);
    for (const [i, value] of logits.data.entries())
      expect(traced.logits.data[i]).toBeCloseTo(value, 4);
    expect(generation.tokenIds).toHaveLength(3);
  });

  it("refuses an empty text and unknown ids, and goes on", async () => {
    await expect(model.hiddenStates([])).rejects.toMatchObject({ code: "ERR_PROMPT" });
    await expect(model.hiddenStates([512])).rejects.toMatchObject({ code: "ERR_TOKEN_ID" });
    expect((await model.hiddenStates([5])).logits.shape).toEqual([1, 512]);
  });

  it("stops when its signal aborts, and goes on with others", async () => {
    const controller = new AbortController();
    const running = model.hiddenStates(longText, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect((await model.hiddenStates([5])).logits.shape).toEqual([1, 512]);
  });
});

it("a model loaded without trace has no states to give", async () => {
  await using model = await loadModel(tinyChat);
  const error: unknown = await model.hiddenStates([5]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(error).toMatchObject({ what: "a model loaded without trace" });
});
