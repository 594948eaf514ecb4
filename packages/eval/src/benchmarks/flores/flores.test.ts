import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { promptOf, requestOf } from "../../__fixtures__/ask-sample.ts";
import { gradeText } from "../../__fixtures__/grade-sample.ts";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { createFlores, flores } from "./flores.ts";
import { CHINESE, TARGETS } from "./languages.ts";

const directory = madeUpRows("flores");

async function load(task: string, options: Partial<LoadOptions> = {}): Promise<Task> {
  const all = { directory, recipe: "readme", tasks: [task], ...options } as const;
  const [loaded] = await flores.load(all);
  return loaded!;
}

describe.each(["readme", "opencompass"] as const)("flores, recipe %s", (recipe) => {
  it("has a task of each direction, with ids that tell the row", async () => {
    const tasks = await flores.load({ directory, recipe });
    expect(tasks.map(({ name }) => name)).toEqual(Object.keys(TARGETS));
    expect(tasks.map(({ samples }) => samples.length)).toEqual([7, 7, 7, 7, 7, 7, 7]);
    expect(tasks[3]?.samples[6]?.id).toBe("zh-ar/devtest/6");
    expect(tasks[0]?.notes).toEqual(["examples: the first 8 sentences of dev"]);
  });

  it("asks for English by naming the languages", async () => {
    const { samples } = await load("zh-en", { recipe, shots: 2 });
    expect(requestOf(samples[0])).toEqual({
      kind: "generate",
      prompt:
        "Chinese: 渡轮每天早上七点离开港口。\nEnglish: The ferry leaves the harbour at seven every morning.\n" +
        "Chinese: 博物馆藏有 1,250 张旧地图。\nEnglish: The museum has 1,250 old maps.\n" +
        "Chinese: 旧钟楼去年春天修好了。\nEnglish: ",
      maxNewTokens: 100,
      stop: [],
    });
  });

  it("asks for other languages by an equation", async () => {
    const { samples } = await load("zh-de", { recipe, shots: 1 });
    expect(promptOf(samples[4])).toBe(
      "渡轮每天早上七点离开港口。 = Die Fähre verlässt den Hafen jeden Morgen um sieben.\n没有 = ",
    );
  });

  it("compares the first line of what is left of an output without white space around it", async () => {
    const { samples } = await load("zh-fr", { recipe });
    const line = "Elle a écrit : « Nous serons de retour avant l’hiver. »";
    const grade = await gradeText(samples[1], `\n ${line} \n没有 = Aucun`);
    // the space before the line's end stays; the reference is a line of its own
    expect(grade).toEqual({ answer: `${line} `, gold: line, score: 1 });
  });
});

describe("flores, prompt 806ede", () => {
  it("writes an instruction before each sentence, and nothing behind the last", async () => {
    const { samples } = await load("zh-ja", { prompt: "806ede", shots: 1 });
    expect(promptOf(samples[4])).toBe(
      "Translate the following Chinese (Simpl) statements to Japanese.\n渡轮每天早上七点离开港口。\n" +
        "フェリーは毎朝七時に港を出ます。\n" +
        "Translate the following Chinese (Simpl) statements to Japanese.\n没有",
    );
  });

  it("compares all that comes", async () => {
    const { samples } = await load("zh-en", { prompt: "806ede" });
    const grade = await gradeText(samples[4], "\nNone\nTranslate");
    expect(grade).toMatchObject({ answer: "\nNone\nTranslate", gold: "None" });
    expect(grade.score).toBeLessThan(1);
  });
});

describe("flores", () => {
  it("scores the sentences of a task together", async () => {
    const task = await load("zh-en");
    // Matches of 9 + 7 words: 9 + 6 of 16, 8 + 3 of 14 pairs, 7 + 0 of 12, 6 + 0 of 10; the references have 17 words:
    // exp(1 - 17/16) * (15/16 * 11/14 * 7/12 * 6/10)^(1/4) = 0.939413 * 0.712567
    const grades = [
      await gradeText(task.samples[0], "The old clock tower was repaired last spring."),
      await gradeText(task.samples[5], "The letter came ten years late ."),
    ];
    const score = flores.corpusScore?.("zh-en", { recipe: "readme" });
    expect(score?.signature).toBe(
      "BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
    );
    expect(score?.of(grades)).toBeCloseTo(66.9395, 4);
    expect(score?.of(grades)).toBe(score?.of(grades)); // of what is kept of the sentences
  });

  it("finds MeCab's words in Japanese, 13a's in other languages", async () => {
    const signatureOf = (name: string) =>
      flores.corpusScore?.(name, { recipe: "readme", tokenize: "ja-mecab" })?.signature;
    expect(signatureOf("zh-ja")).toContain("|tok:ja-mecab-0.996-IPA|");
    expect(signatureOf("zh-ru")).toContain("|tok:13a|");
    const { samples, notes } = await load("zh-ja", { tokenize: "ja-mecab" });
    expect(notes?.[1]).toBe("words: MeCab 0.996's rules in this package, IPADIC of kuromoji 0.1.2");
    const [near, far] = ["手紙は十年遅れて届いた。", "犬が来ました。"];
    const grades = [await gradeText(samples[5], near!), await gradeText(samples[5], far!)];
    expect(grades[0]?.score).toBeGreaterThan(grades[1]?.score ?? 1);
  });

  it("leaves out the last examples of a prompt that is too long", async () => {
    const { samples } = await load("zh-es");
    const tools = { countTokens: (text: string) => 300 * text.split("\n").length };
    // 2048 / 300: six lines, of which one is the question
    expect(promptOf(samples[0], tools).split("\n")).toHaveLength(6);
  });

  it("lets others choose the examples", async () => {
    const lastFirst = {
      describe: (count: number) => `the last ${count} sentences, the last first`,
      retrieve: (_: string, pool: readonly { source: string; target: string }[], count: number) =>
        pool.toReversed().slice(0, count),
    };
    const options = { directory, recipe: "readme", tasks: ["zh-ru"], shots: 1 } as const;
    const [task] = await createFlores(lastFirst).load(options);
    expect(task?.notes).toEqual(["examples: the last 1 sentences, the last first of dev"]);
    expect(promptOf(task?.samples[5])).toBe(
      "厨房里的灯又坏了。 = Лампа на кухне опять сломалась.\n这封信晚到了十年。 = ",
    );
  });

  it("needs no examples where none are asked for", async () => {
    const task = await load("zh-en", { shots: 0 });
    expect(promptOf(task.samples[0])).toBe("Chinese: 旧钟楼去年春天修好了。\nEnglish: ");
    expect(task.notes).toEqual([]);
  });

  it.each([
    [{ shots: 10 }, "expected 10 sentences for examples, got 9 of dev (ask for fewer shots)"],
    [{ prompt: "1dce88" }, "expected one of aad4fd, 806ede, got 1dce88"],
    [{ split: "toString" }, "expected one of devtest-100, devtest, got toString"],
    [{ tokenize: "spm" }, "expected one of 13a, intl, zh, char, none, ja-mecab, got spm"],
    [{ tasks: ["en-zh"] }, "tasks: expected some of zh-en, zh-fr"],
  ])("refuses %o", async (options, message) => {
    await expect(load("zh-en", options)).rejects.toThrow(message);
  });
});

describe("flores, of other folders", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "flores-"));
    const from = join(directory, "flores101_dataset");
    for (const { code101, code200 } of [CHINESE, ...Object.values(TARGETS)])
      for (const part of ["dev", "devtest"])
        await cp(
          join(from, part, `${code101}.${part}`),
          join(folder, "whole", "flores200_dataset", part, `${code200}.${part}`),
        );
    await cp(join(from, "devtest"), join(folder, "test", "flores101_dataset", "devtest"), {
      recursive: true,
    });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it("reads FLORES-200's names", async () => {
    const { samples } = await load("zh-ar", { directory: join(folder, "whole"), shots: 1 });
    expect(promptOf(samples[4])).toBe(
      "渡轮每天早上七点离开港口。 = تغادر العبّارة الميناء في السابعة كل صباح.\n没有 = ",
    );
  });

  it("takes examples from behind the rows that are asked, where dev is not there", async () => {
    const options = { directory: join(folder, "test"), shots: 2, heldOutShots: true };
    const { samples, notes } = await load("zh-en", options);
    expect(samples).toHaveLength(5);
    expect(promptOf(samples[4])).toBe(
      "Chinese: 这封信晚到了十年。\nEnglish: The letter arrived ten years too late.\n" +
        "Chinese: 为什么河水在五月会变色？\nEnglish: Why does the river change its colour in May?\n" +
        "Chinese: 没有\nEnglish: ",
    );
    expect(notes).toEqual([
      "examples: the first 2 sentences of devtest from row 5 on, which is not asked",
    ]);
  });

  it("names the file of dev that is missing", async () => {
    const message = /zho_simpl\.dev: expected a file, got nothing/;
    await expect(load("zh-en", { directory: join(folder, "test") })).rejects.toThrow(message);
  });

  it("names the file that has other lines than Chinese, and the line that is empty", async () => {
    const root = join(folder, "broken", "flores101_dataset", "devtest");
    await cp(join(directory, "flores101_dataset", "devtest"), root, { recursive: true });
    await writeFile(join(root, "eng.devtest"), "one\ntwo\n");
    await writeFile(join(root, "fra.devtest"), "un\n \ntrois\n");
    const options = { directory: join(folder, "broken"), shots: 0 };
    await expect(load("zh-en", options)).rejects.toThrow(
      /eng\.devtest: expected 7 sentences, as in Chinese, got 2/,
    );
    await expect(load("zh-fr", options)).rejects.toThrow(
      /fra\.devtest, row 2: expected a sentence, got an empty line/,
    );
  });

  it("leaves out the directions whose files are not there, unless one is asked for", async () => {
    const root = join(folder, "part");
    for (const file of ["zho_simpl", "deu"].flatMap((code) => [
      `dev/${code}.dev`,
      `devtest/${code}.devtest`,
    ]))
      await cp(join(directory, "flores101_dataset", file), join(root, "flores101_dataset", file));
    const tasks = await flores.load({ directory: root, recipe: "readme" });
    expect(tasks.map(({ name }) => name)).toEqual(["zh-de"]);
    await expect(load("zh-en", { directory: root })).rejects.toThrow(
      /eng\.devtest: expected a file/,
    );
  });

  it("takes a megabyte of an answer", { timeout: HOSTILE_MS }, async () => {
    const { samples } = await load("zh-en", { shots: 0 });
    for (const unit of ["\n", "None ", "a.", "&amp;"])
      expect(await gradeText(samples[4], megabyteOf(unit))).toMatchObject({
        gold: expect.any(String),
      });
  });
});
