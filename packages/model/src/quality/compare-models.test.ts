import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareModels, type ComparisonProgress, type TracedModel } from "./compare-models.ts";

/** Says what a test needs to know of the life of two models. */
interface FakeOptions {
  readonly dtype?: string;
  /** Probability of each token, at every position. */
  readonly probabilities?: readonly number[];
  /** Hidden states of every position. */
  readonly states?: Readonly<Record<string, readonly number[]>>;
  readonly log?: string[];
}

/** A model that says the same at every position. */
function fakeModel({
  dtype = "float32",
  probabilities = [0.5, 0.5],
  states = { embed: [1, 0] },
  log = [],
}: FakeOptions = {}): TracedModel {
  const repeat = (row: readonly number[], times: number): Float32Array =>
    Float32Array.from(Array.from({ length: times }, () => row).flat());
  const V = probabilities.length;
  log.push(`open ${dtype}`);
  return {
    dtype,
    config: { vocabSize: V },
    async hiddenStates(window) {
      log.push(`run ${window.join(" ")}`);
      return {
        names: Object.keys(states),
        states: Object.values(states).map((row) => repeat(row, window.length)),
        logits: {
          data: repeat(probabilities.map(Math.log), window.length),
          shape: [window.length, V],
        },
      };
    },
    async [Symbol.asyncDispose]() {
      log.push(`dispose ${dtype}`);
    },
  };
}

describe("the comparison of two models", () => {
  let spillDirectory = "";
  beforeEach(async () => {
    spillDirectory = await mkdtemp(join(tmpdir(), "compare-test-"));
  });
  afterEach(async () => {
    expect(await readdir(spillDirectory)).toEqual([]); // in all cases
    await rm(spillDirectory, { recursive: true });
  });

  const open = (options?: FakeOptions) => async () => fakeModel(options);

  it("of a worked example gives scores, errors by layer and counts", async () => {
    const result = await compareModels({
      openA: open({ states: { embed: [3, 4], final_norm: [1, 0] } }),
      openB: open({
        dtype: "int4",
        probabilities: [0.25, 0.75],
        states: { embed: [3, 4.5], final_norm: [1, 0] },
      }),
      tokenIds: [0, 1, 1, 0, 0],
      window: 3,
      spillDirectory,
    });
    expect(result).toEqual({
      tokens: 5,
      windows: 2,
      predictions: 3, // 1, 1 of [0 1 1] and 0 of [0 0]
      vocabSize: 2,
      dtype: { a: "float32", b: "int4" },
      // B: (¾ · ¾ · ¼)^(-1/3)
      perplexity: { a: expect.closeTo(2, 6), b: expect.closeTo((9 / 64) ** (-1 / 3), 6) },
      klDivergence: {
        mean: expect.closeTo(0.143841, 6), // ½·log(4/3)
        median: expect.closeTo(0.143841, 6),
        p99: expect.closeTo(0.143841, 6),
        max: expect.closeTo(0.143841, 6),
      },
      top1Agreement: 0, // token 0 of two equals against token 1
      layers: [
        { name: "embed", maxAbsError: 0.5, relativeRmsError: expect.closeTo(0.1, 6) },
        { name: "final_norm", maxAbsError: 0, relativeRmsError: 0 },
      ],
      spillBytes: 5 * (2 + 2 * 2) * 4, // T · (V + states · C) · 4
    });
  });

  it("never holds both models, and tells how far it is", async () => {
    const log: string[] = [];
    const progress: ComparisonProgress[] = [];
    await compareModels({
      openA: open({ log }),
      openB: open({ dtype: "nf4", log }),
      tokenIds: [0, 1, 1],
      window: 2,
      spillDirectory,
      onProgress: (step) => progress.push(step),
    });
    expect(log).toEqual([
      "open float32",
      "run 0 1",
      "run 1",
      "dispose float32",
      "open nf4",
      "run 0 1",
      "run 1",
      "dispose nf4",
    ]);
    expect(progress.map(({ side, doneTokens }) => `${side}${doneTokens}`)).toEqual([
      "a0",
      "a2",
      "a3",
      "b0",
      "b2",
      "b3",
    ]);
    expect(progress[0]?.totalTokens).toBe(3);
  });

  it("of networks of different sizes has scores and no layers", async () => {
    const others: Required<FakeOptions>["states"][] = [
      { embed: [1, 0, 0] },
      { embed: [1, 0], layer0: [1, 0] },
    ];
    for (const states of others) {
      const result = await compareModels({
        openA: open(),
        openB: open({ states }),
        tokenIds: [0, 1, 0, 1],
        window: 2,
        spillDirectory,
      });
      expect(result.layers).toEqual([]);
      expect(result.klDivergence.max).toBe(0);
    }
  });

  it("refuses models of different vocabularies and disposes both", async () => {
    const log: string[] = [];
    const comparing = compareModels({
      openA: open({ log }),
      openB: open({ probabilities: [0.5, 0.25, 0.25], log }),
      tokenIds: [0, 1],
      spillDirectory,
    });
    await expect(comparing).rejects.toMatchObject({
      code: "ERR_COMPARISON",
      message:
        "compareModels: expected models of one vocabulary, A's of 2 tokens, got 3 tokens of B",
    });
    expect(log.filter((line) => line.startsWith("dispose"))).toHaveLength(2);
  });

  it.each(["a", "b"] as const)("stops in the run of %s when its signal aborts", async (side) => {
    const controller = new AbortController();
    const log: string[] = [];
    const comparing = compareModels({
      openA: open({ log }),
      openB: open({ log }),
      tokenIds: [0, 1, 1, 0],
      window: 2,
      spillDirectory,
      signal: controller.signal,
      onProgress: (step) => {
        if (step.side === side && step.doneTokens === 2) controller.abort(new Error("enough"));
      },
    });
    await expect(comparing).rejects.toThrow("enough");
    expect(log.at(-1)).toBe("dispose float32");
    expect(log.filter((line) => line.startsWith("open"))).toHaveLength(side === "a" ? 1 : 2);
  });

  it("fails with what opening a model throws", async () => {
    const comparing = compareModels({
      openA: open(),
      openB: () => Promise.reject(new Error("no such model")),
      tokenIds: [0, 1],
      spillDirectory,
    });
    await expect(comparing).rejects.toThrow("no such model");
  });
});
