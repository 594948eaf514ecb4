import fc from "fast-check";
import { expect, it } from "vitest";
import { outputPenalties } from "./output-penalties.ts";
import { TokenHistory } from "./token-history.ts";

function penalised(
  presence: number,
  frequency: number,
  { prompt, output }: { readonly prompt: readonly number[]; readonly output: readonly number[] },
  scores: readonly number[],
): number[] {
  const history = new TokenHistory(prompt);
  for (const id of output) history.push(id);
  const result = Float32Array.from(scores);
  outputPenalties(presence, frequency)(result, history);
  return [...result];
}

it("the penalties are taken once for being there and once for each time, in the output alone", () => {
  // id 0: prompt only. id 1: twice, 4 - 0.5 - 2 * 0.25 = 3. id 2: once, -1 - 0.5 - 0.25 = -1.75
  const text = { prompt: [0, 0, 1], output: [1, 2, 1] };
  expect(penalised(0.5, 0.25, text, [1, 4, -1, 2])).toEqual([1, 3, -1.75, 2]);
});

it("penalties below 0 make repeats likelier", () => {
  expect(penalised(-1, -0.5, { prompt: [], output: [0] }, [1, 1])).toEqual([2.5, 1]);
});

it("penalties leave forbidden ids forbidden", () => {
  expect(penalised(-2, -2, { prompt: [], output: [0] }, [-Infinity, 1])).toEqual([-Infinity, 1]);
});

it("penalties equal a recount of the whole output", () => {
  const id = fc.integer({ min: 0, max: 7 });
  // quarters, so that float32 and float64 agree to the bit
  const quarter = fc.integer({ min: -8, max: 8 }).map((value) => value / 4);
  fc.assert(
    fc.property(
      fc.array(id),
      fc.array(id),
      quarter,
      quarter,
      (prompt, output, presence, frequency) => {
        const expected = Array.from({ length: 8 }, (_, at) => {
          const count = output.filter((generated) => generated === at).length;
          return at - (count > 0 ? presence : 0) - frequency * count;
        });
        const scores = [0, 1, 2, 3, 4, 5, 6, 7];
        expect(penalised(presence, frequency, { prompt, output }, scores)).toEqual(expected);
      },
    ),
  );
});
