import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { loadModel } from "../load-model.ts";
import { hiddenStateNames } from "./tasks/hidden-states-task.ts";

/** float32 against PyTorch's float32 (data/model/README.md). */
const TOLERANCE = 1e-4;

const folders = {
  t7: "t7/bin-bf16",
  t13: "t13/bin-sharded-bf16",
  hd7: "hd7/safetensors-bf16",
  hd13: "hd13/bin-bf16",
};

function furthest(got: Float32Array | undefined, want: ArrayLike<number>): number {
  if (got?.length !== want.length) return NaN;
  return got.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (want[i] ?? NaN))), 0);
}

describeShared("hidden states through the engine", "model/forward", () => {
  it.each(Object.entries(folders))("are the original's of %s", async (name, folder) => {
    const golden = readGolden(sharedData(`model/forward/${name}.manifest.json`));
    const prompt = String(golden.meta["hidden_states_prompt"]);
    await using model = await loadModel(sharedData(`model/models/${folder}`), { trace: true });
    const { names, states, logits } = await model.hiddenStates(golden.ints(`${prompt}.ids`));
    expect(names).toEqual(hiddenStateNames(model.config));
    for (const [index, state] of names.entries()) {
      const want = golden.floats(`states.hidden.${state}`);
      expect(furthest(states[index], want), state).toBeLessThan(TOLERANCE);
    }
    expect(furthest(logits.data, golden.floats(`${prompt}.logits`))).toBeLessThan(TOLERANCE);
  });
});
