import { expect, it } from "vitest";
import { createCumulativeText } from "./cumulative-text.ts";

it("the original's stream yields the whole text after each id, cut characters and the end included", () => {
  // id 2 ends the sequence; the others stand for bytes: "你" is e4 bd a0
  const decode = (ids: ArrayLike<number> | Iterable<number>): string => {
    const bytes = Uint8Array.from(Array.from(ids as Iterable<number>).filter((id) => id !== 2));
    return new TextDecoder().decode(bytes);
  };
  const stream = createCumulativeText({ decode });
  expect([0x61, 0xe4, 0xbd, 0xa0, 2].map((id) => stream.push(id))).toEqual([
    "a",
    "a\ufffd",
    "a\ufffd",
    "a你",
    "a你",
  ]);
});
