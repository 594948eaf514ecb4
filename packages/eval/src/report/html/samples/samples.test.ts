import { describe, expect, it } from "vitest";
import { en } from "../../labels/labels-en.ts";
import { choiceRecord, generationRecord } from "../../../__fixtures__/run-result.ts";
import { cutText, firstLine } from "../../table/cut-text.ts";
import { optionsOf } from "./page-option.ts";
import { pageResponse, tagsOf } from "./page-sample.ts";
import { askedOf, splitPrompt } from "./prompt-of.ts";

describe("a text that is cut", () => {
  it("keeps its beginning and its end", () => {
    expect(cutText("abcdefghij", 4, "<{count}>")).toBe("abc\n<6>\nj");
    expect(cutText("abcd", 4, "<{count}>")).toBe("abcd");
  });

  it("may be a line of a list", () => {
    expect(firstLine(" a\n\nb   c", 20)).toBe("a b c");
    expect(firstLine("abcdef", 3)).toBe("abc…");
  });
});

describe("a prompt", () => {
  it("is taken apart before its question", () => {
    expect(splitPrompt("Q: x?\nA: 1\n\nQ: y?\nA:", "y?")).toEqual({
      before: "Q: x?\nA: 1\n\nQ: ",
      rest: "y?\nA:",
    });
  });

  it("may have the first line of the question alone", () => {
    const { rest } = splitPrompt("Shots\nWhy?\n(A) one", "Why?\nA. one");
    expect(rest).toBe("Why?\n(A) one");
  });

  it("stays whole where its question is not in it", () => {
    expect(splitPrompt("abc", "x")).toEqual({ before: "", rest: "abc" });
  });

  it("is what whole texts have in common", () => {
    const texts = ["Why?\nAnswer: A", "Why?\nAnswer: B"];
    expect(askedOf({ kind: "perplexity", texts })).toEqual({
      prompt: "Why?\nAnswer: ",
      options: ["A", "B"],
    });
    expect(askedOf({ kind: "perplexity", texts: [] })).toEqual({ prompt: "", options: [] });
  });
});

describe("the numbers of options", () => {
  it("are logits and their softmax", () => {
    // e^0 / (e^0 + e^-ln 3) = 3/4
    const scores = [0, -Math.log(3)];
    const found = optionsOf(["A", "B"], { kind: "letters", scores, truncatedTokens: 0 });
    expect(found?.options).toEqual([
      { label: "A", value: "0.000", share: 0.75, isBest: true },
      { label: "B", value: "-1.099", share: 0.25, isBest: false },
    ]);
  });

  it("are losses, of which less is better", () => {
    const losses = [1 + Math.LN2, 1];
    const found = optionsOf(["A", "B"], { kind: "perplexity", losses, truncatedTokens: 0 });
    expect(found?.options).toEqual([
      { label: "A", value: "1.693", share: 0.5, isBest: false },
      { label: "B", value: "1.000", share: 1, isBest: true },
    ]);
  });

  it("may be none", () => {
    const logLikelihoods = [Number.NaN, Number.NEGATIVE_INFINITY];
    const response = { kind: "logLikelihood", logLikelihoods, truncatedTokens: 0 } as const;
    expect(optionsOf(["A", "B"], response)?.options).toEqual([
      { label: "A", value: "NaN", share: 0, isBest: false },
      { label: "B", value: "-∞", share: 0, isBest: false },
    ]);
  });
});

describe("what a sample is shown by", () => {
  it("is its grade", () => {
    const tags = ([1, 0.5, 0, "-", "?"] as const).map((mark) =>
      tagsOf(choiceRecord("a", mark).grade),
    );
    expect(tags).toEqual([["right"], ["wrong"], ["wrong"], ["wrong", "noAnswer"], ["unknown"]]);
  });
});

describe("a generated answer", () => {
  it("is shown with what is to be said of it", () => {
    const record = generationRecord("a", "", {
      grade: { answer: "x", gold: "y", score: 0, note: "timed out", others: { pass10: 0.25 } },
      response: {
        kind: "generate",
        texts: ["1", "2", "3", "4", "5", "6"],
        finishReasons: ["stop", "length"],
        truncatedTokens: 12,
      },
    });
    expect(pageResponse(record, en)).toMatchObject({
      texts: ["1", "2", "3", "4"],
      options: [],
      notes: [
        "timed out",
        "pass10: 25.00",
        "stopped at the limit of tokens",
        "The prompt lost 12 tokens at its beginning.",
        "2 more answers are left out.",
      ],
    });
  });
});
