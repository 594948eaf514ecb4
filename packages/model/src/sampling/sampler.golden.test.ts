import { fileURLToPath } from "node:url";
import { describeShared, type GoldenFile, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { beforeAll, describe, expect, it } from "vitest";
import { runProcessor, runWarpers } from "./__fixtures__/run-filter.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";
import { createSampler, type Distribution } from "./sampler.ts";
import { temperature } from "./temperature.ts";
import { TokenHistory } from "./token-history.ts";
import { topK } from "./top-k.ts";

/** Probabilities were computed in float32; 5e-7 was the largest difference between two computations. */
const PROBABILITY_TOLERANCE = 1e-6;
/** Nearer than this to p, a float32 sum may cut elsewhere than a float64 one. */
const SAFE_CUT_MARGIN = 1e-6;

/** Parameter sets over the whole vocabulary. */
const LARGE_CASES = ["chat_default", "base_like", "hot"];

interface GoldenCase {
  readonly name: string;
  readonly repetition_penalty: number;
  readonly temperature: number;
  readonly top_k: number;
  readonly top_p: number;
  readonly top_p_cut_margin: number[] | null;
  readonly kept: number[];
}

const fixture = fileURLToPath(new URL("__fixtures__/vocab512.manifest.json", import.meta.url));

function distributionOf(
  golden: GoldenCase,
  logits: Float32Array,
  tokenIds: Int32Array,
): Distribution {
  const sampler = createSampler({
    doSample: true,
    repetitionPenalty: golden.repetition_penalty,
    temperature: golden.temperature,
    topK: golden.top_k,
    topP: golden.top_p,
  });
  return sampler.distribution(logits, new TokenHistory(tokenIds));
}

function row<Values extends Float32Array | Float64Array | Int32Array>(
  values: Values,
  index: number,
  length: number,
): Values {
  return values.slice(index * length, (index + 1) * length) as Values;
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Math.max(...Array.from(actual, (value, index) => Math.abs(value - expected[index]!)));
}

describe("sampling over 512 ids equals PyTorch's (committed rows)", () => {
  const golden = readGolden(fixture);
  const cases = golden.meta["cases"] as GoldenCase[];
  const logits = golden.floats("logits") as Float32Array;
  const inputIds = golden.ints("input_ids");

  it("has all nine parameter sets", () => {
    expect(cases).toHaveLength(9);
  });

  it("penalises the same ids by the same float32 values", () => {
    const expected = golden.floats("chat_default.after_repetition") as Float32Array;
    for (let index = 0; index < 8; index++) {
      const actual = runProcessor(repetitionPenalty(1.05), row(logits, index, 512), [
        ...row(inputIds, index, 24),
      ]);
      expect(actual).toEqual([...row(expected, index, 512)]);
    }
  });

  describe.each(cases)("$name", (parameters) => {
    const keptIndex = golden.ints(`${parameters.name}.kept_index`);
    const keptProbs = golden.floats(`${parameters.name}.kept_probs`);

    it.each([0, 1, 2, 3, 4, 5, 6, 7])(
      "keeps the same ids with the same probability in row %i",
      (index) => {
        const { tokenIds, probabilities } = distributionOf(
          parameters,
          row(logits, index, 512),
          row(inputIds, index, 24),
        );
        const places = [...keptIndex.keys()].filter(
          (at) => Math.floor(keptIndex[at]! / 512) === index,
        );
        expect([...tokenIds]).toEqual(places.map((at) => keptIndex[at]! % 512));
        const expected = places.map((at) => keptProbs[at]!);
        expect(largestDifference(probabilities, expected)).toBeLessThan(PROBABILITY_TOLERANCE);
      },
    );
  });
});

describeShared("sampling over 512 ids, each stage", "model/sampling/vocab512.bin", () => {
  // A skipped suite's body still runs, so nothing is read before a test does.
  let golden: GoldenFile;
  beforeAll(() => {
    golden = readGolden(sharedData("model/sampling/vocab512.manifest.json"));
  });
  const rows = [0, 1, 2, 3, 4, 5, 6, 7];

  it.each(rows)("gives the float32 values of every stage in row %i", (index) => {
    const stage = (name: string) => [...row(golden.floats(name) as Float32Array, index, 512)];
    const inputIds = [...row(golden.ints("input_ids"), index, 24)];
    const penalised = runProcessor(repetitionPenalty(1.05), stage("logits"), inputIds);
    expect(penalised).toEqual(stage("chat_default.after_repetition"));
    const tempered = runWarpers([temperature(0.3)], penalised);
    expect(tempered).toEqual(stage("chat_default.after_temperature"));
    expect(runWarpers([topK(5)], tempered)).toEqual(stage("chat_default.after_top_k"));
  });
});

describeShared(
  "sampling over 125,696 ids equals PyTorch's",
  "model/sampling/vocab125696.bin",
  () => {
    const vocabSize = 125_696;
    let golden: GoldenFile;
    let cases: GoldenCase[];
    let logits: Float32Array;
    let inputIds: Int32Array;
    beforeAll(() => {
      golden = readGolden(sharedData("model/sampling/vocab125696.manifest.json"));
      cases = golden.meta["cases"] as GoldenCase[];
      logits = golden.floats("logits") as Float32Array;
      inputIds = golden.ints("input_ids");
    });

    it("has no parameter set but those below", () => {
      expect(cases.map(({ name }) => name)).toEqual(LARGE_CASES);
    });

    describe.each(LARGE_CASES)("%s", (caseName) => {
      it.each([0, 1])("keeps the same ids with the same probability in row %i", (index) => {
        const parameters = cases.find(({ name }) => name === caseName)!;
        const name = `${caseName}.row${index}`;
        const { tokenIds, probabilities } = distributionOf(
          parameters,
          row(logits, index, vocabSize),
          row(inputIds, index, 400),
        );
        const margin = parameters.top_p_cut_margin?.[index] ?? 1;
        expect(margin, "a cut this close may fall elsewhere in float32").toBeGreaterThan(
          SAFE_CUT_MARGIN,
        );
        expect(tokenIds).toHaveLength(parameters.kept[index]!);

        // The file lists all kept ids, or the likeliest 2000 of more than 20,000.
        const listed = golden.ints(`${name}.kept_ids`);
        const listedProbs = golden.floats(`${name}.kept_probs`);
        const actual = new Map([...tokenIds].map((id, at) => [id, probabilities[at]!]));
        const isWhole = listed.length === parameters.kept[index];
        const penalised = runProcessor(
          repetitionPenalty(parameters.repetition_penalty),
          row(logits, index, vocabSize),
          [...row(inputIds, index, 400)],
        );
        // torch.sort leaves the order of equal scores open: at the cut only their number is determined.
        const cut = isWhole ? Math.min(...[...listed].map((id) => penalised[id]!)) : -Infinity;
        const above = (ids: Iterable<number>) => [...ids].filter((id) => penalised[id]! > cut);
        if (isWhole) expect(above(actual.keys())).toEqual(above(listed));
        else expect(above(listed).filter((id) => !actual.has(id))).toEqual([]);

        const descending = (values: Iterable<number>) => [...values].toSorted((a, b) => b - a);
        const differences = largestDifference(
          descending(listedProbs),
          descending(actual.values()).slice(0, listed.length),
        );
        expect(differences).toBeLessThan(PROBABILITY_TOLERANCE);
        const differencesById = above(listed).map((id) =>
          Math.abs(actual.get(id)! - listedProbs[listed.indexOf(id)]!),
        );
        expect(Math.max(0, ...differencesById)).toBeLessThan(PROBABILITY_TOLERANCE);
      });
    });
  },
);
