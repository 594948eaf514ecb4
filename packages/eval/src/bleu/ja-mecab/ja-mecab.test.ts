import fc from "fast-check";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { splitWords } from "../../python/text.ts";
import { loadJaMecab } from "./ja-mecab.ts";

/** The program MeCab with IPADIC, which is no part of the workspace: Debian's packages mecab and mecab-ipadic-utf8. */
function mecab(lines: readonly string[]): string[][] | undefined {
  // Words of IPADIC; Debian's has one more.
  if (!/^size:\s*39212[67]$/m.test(spawnSync("mecab", ["-D"], { encoding: "utf8" }).stdout ?? ""))
    return undefined;
  const input = lines.map((line) => `${line}\n`).join("");
  const { stdout } = spawnSync("mecab", ["-Owakati"], { input, encoding: "utf8" });
  return stdout.split("\n").slice(0, -1).map(splitWords);
}

const SENTENCES = [
  "京都に行くなら、春か秋がいいと友達が言っていました。",
  "３月１０日、コンピューターの会議で「四百五十人」が集まった。",
  "飼飼てっい糖糖尿のマウスはゴートロマーニャを患患った。",
  "Hello, world! 5°C ½ مرحبا Привет 한국어",
];

describe("loadJaMecab", () => {
  const words = loadJaMecab();

  it("finds the words of sentences", () => {
    expect(words(SENTENCES[0] ?? "").join(" ")).toBe(
      "京都 に 行く なら 、 春 か 秋 が いい と 友達 が 言っ て い まし た 。",
    );
    // すもも (plum) and もも (peach) both hide もも
    expect(words("すもももももももものうち").join(" ")).toBe("すもも も もも も もも の うち");
  });

  it("takes unknown kanji by twos, and unknown characters above U+FFFF together", () => {
    expect(words("飼飼の😀😀です")).toEqual(["飼飼", "の", "😀😀", "です"]);
  });

  it("loses nothing but white space", () => {
    const character = fc.oneof(
      fc.constantFrom(..."漢字かなカナー々一二三、。・「」aA1１ ½é\t😀𠮷"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 30 }), (characters) => {
        const text = characters.join("");
        const bare = (one: string): string => one.replaceAll(/[ \t\v\n\0]/g, "");
        expect(bare(words(text).join(""))).toBe(bare(text.trim()));
      }),
    );
  });

  it("finds the words that the program MeCab finds", ({ skip }) => {
    const pool = [...SENTENCES.join(""), ..."々〆ヶ①㌔Ⅳ―…ー・ｱｲ0aÐ\u00a0 "];
    const line = fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 40 });
    const drawn = fc.sample(line, { numRuns: 2000, seed: 1 }).map((one) => one.join("").trim());
    const lines = [...SENTENCES, ...drawn];
    const theirs = mecab(lines);
    if (!theirs) return skip("the program mecab is not installed with IPADIC");
    expect(lines.map((one) => splitWords(words(one).join(" ")))).toEqual(theirs);
  });

  it("takes a megabyte of し, which may be many words, piece by piece", { timeout: 60_000 }, () => {
    const started = performance.now();
    const count = Math.ceil(2 ** 20 / Buffer.byteLength("し"));
    expect(words("し".repeat(count)).join("")).toHaveLength(count);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
