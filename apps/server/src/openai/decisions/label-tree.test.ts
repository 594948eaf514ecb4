import { expect, it } from "vitest";
import { labelSteps } from "./label-tree.ts";

it("labels of one token are one step, longer ones a step for each beginning", () => {
  expect(labelSteps([[7], [8]])).toEqual([
    {
      prefix: [],
      next: [
        { label: 0, tokenId: 7 },
        { label: 1, tokenId: 8 },
      ],
    },
  ]);
  // AA, AB, BA
  expect(
    labelSteps([
      [1, 1],
      [1, 2],
      [2, 1],
    ]),
  ).toEqual([
    {
      prefix: [],
      next: [
        { label: 0, tokenId: 1 },
        { label: 1, tokenId: 1 },
        { label: 2, tokenId: 2 },
      ],
    },
    {
      prefix: [1],
      next: [
        { label: 0, tokenId: 1 },
        { label: 1, tokenId: 2 },
      ],
    },
    { prefix: [2], next: [{ label: 2, tokenId: 1 }] },
  ]);
});
