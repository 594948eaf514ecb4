import { expect, it } from "vitest";
import { sacrebleu } from "../bleu/__fixtures__/sacrebleu.ts";
import { NumpyRandom } from "./numpy-random.ts";

it.each(sacrebleu.random)("draws below $count as numpy's choice, seed $seed", (golden) => {
  const random = new NumpyRandom(golden.seed);
  expect(golden.drawn.map(() => random.below(golden.count))).toEqual(golden.drawn);
});
