import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { completion2023, completionHead, completionHeadBase } from "./extract-completion.ts";

/** Texts of what the extractions look for, again and again. */
const hostile = [
  "```",
  "`",
  "```a",
  "```\n",
  "\n",
  " ",
  "\u3000",
  "def",
  "\n\n",
  "import ",
  "   ",
  "a\n",
];

describe("completion2023", () => {
  it("indents a body that is not", () => {
    expect(completion2023("x = 1\nreturn x")).toBe("    x = 1\n    return x");
    expect(completion2023(" return 1")).toBe("    return 1");
  });

  it("drops imports and the signature, and all behind a blank line", () => {
    const text = "from math import pi\ndef area(r):\n    x = pi\n\n    return x * r";
    expect(completion2023(text)).toBe("    x = pi");
  });

  it("takes a closed block without its language", () => {
    expect(completion2023("Sure:\n```python\n    return 1\n```\nDone")).toBe("    return 1\n");
  });
});

describe("completionHead", () => {
  it("takes the first closed block, without white space before it", () => {
    expect(completionHead("A ```x``` b\n```py\n  def f():\n```\n```\nno\n```")).toBe("def f():\n");
  });

  it("takes all where no block is closed", () => {
    expect(completionHead("\u3000```py\nreturn 1")).toBe("```py\nreturn 1");
  });
});

describe("completionHeadBase", () => {
  it("takes lines as long as they are indented", () => {
    expect(completionHeadBase("    a = 1\n\n    return a\nprint(f())\n    b")).toBe(
      "    a = 1\n\n    return a",
    );
  });

  it("gives back the space that a tokenizer took", () => {
    expect(completionHeadBase("   return 1")).toBe("    return 1");
  });
});

describe.each([completion2023, completionHead, completionHeadBase])("%o", (completionOf) => {
  it.each(hostile)("reads a megabyte of %j in time", { timeout: HOSTILE_MS }, (piece) => {
    const text = megabyteOf(piece);
    for (const one of [text, `\`\`\`py\n${text}`, `from ${text}`])
      expect(completionOf(one)).toBeTypeOf("string");
  });
});
