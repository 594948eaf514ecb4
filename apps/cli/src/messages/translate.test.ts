import { describe, expect, it } from "vitest";
import { en, type MessageKey } from "./en.ts";
import { createTranslate, languageOf } from "./translate.ts";
import { zh } from "./zh.ts";

const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted();

describe("messages", () => {
  it.each(Object.keys(en) as MessageKey[])(
    "%s has the same placeholders in both languages",
    (key) => {
      expect(placeholders(zh[key])).toEqual(placeholders(en[key]));
    },
  );

  it("are given in the language asked for, with values put in unchanged", () => {
    const values = { message: "a <b> & c" };
    expect(createTranslate("en")("error.prefix", values)).toBe("baichuan2: a <b> & c");
    expect(createTranslate("zh")("error.prefix", values)).toBe("baichuan2：a <b> & c");
  });
});

describe("languageOf", () => {
  it.each([
    [{}, "en"],
    [{ LANG: "zh_CN.UTF-8" }, "zh"],
    [{ LANG: "zh" }, "zh"],
    [{ LANG: "zh_CN.UTF-8", LC_ALL: "C" }, "en"],
    [{ LANG: "en_US.UTF-8", LC_ALL: "zh_TW.UTF-8" }, "zh"],
    [{ LANG: "zh_CN.UTF-8", LC_ALL: "" }, "zh"],
    [{ LANG: "zha_CN" }, "en"],
  ])("of %j is %s", (env, language) => {
    expect(languageOf(env)).toBe(language);
  });
});
