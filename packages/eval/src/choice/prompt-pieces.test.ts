import { describe, expect, it } from "vitest";
import { dropLast, dropLongest, joinPieces, keepAll } from "./prompt-pieces.ts";

const pieces = { header: "hh", shots: ["aaa", "bbbbb", "ccccc", "d"], query: "qq" };
const countTokens = (text: string): number => text.length;
const shots = (text: string): string => text.slice(2, -2);

describe("keepAll", () => {
  it("keeps all of a prompt", () => {
    expect(joinPieces(keepAll(pieces, countTokens))).toBe("hhaaabbbbbcccccdqq");
  });
});

describe("dropLast", () => {
  const shorten = (limit: number, behind?: string): string =>
    joinPieces(dropLast(limit, behind)(pieces, countTokens));

  it("drops examples from the end until the whole fits", () => {
    expect(shots(shorten(18))).toBe("aaabbbbbcccccd");
    expect(shots(shorten(17))).toBe("aaabbbbbccccc");
    expect(shots(shorten(12))).toBe("aaabbbbb");
  });

  it("counts what comes behind the prompt", () => {
    expect(shots(shorten(18, "!"))).toBe("aaabbbbbccccc");
  });

  it("ends without examples where the question alone is too long", () => {
    expect(shorten(1)).toBe("hhqq");
  });
});

describe("dropLongest", () => {
  const shorten = (limit: number): string => joinPieces(dropLongest(limit)(pieces, countTokens));

  it("drops all that are as long as the longest, and keeps the order", () => {
    // 14 tokens of examples; 2 + 2 of the rest: they must be fewer than limit - 4
    expect(shots(shorten(19))).toBe("aaabbbbbcccccd");
    expect(shots(shorten(18))).toBe("aaad");
    expect(shots(shorten(9))).toBe("aaad");
    expect(shots(shorten(8))).toBe("d");
    expect(shots(shorten(5))).toBe("");
  });

  it("keeps the header where header and question just fit, and the question alone where they do not", () => {
    expect(shorten(4)).toBe("hhqq");
    expect(shorten(3)).toBe("qq");
  });
});
