import { describe, expect, it } from "vitest";
import { HOSTILE } from "../../__fixtures__/hostile.ts";
import { dataScript, markup } from "./markup.ts";

describe("HTML of a template", () => {
  it("has every value escaped, but not what is HTML already", () => {
    const inner = markup`<b title="${`"'`}">${"<&>"}</b>`;
    expect(markup`<p>${[inner, 1, null, false]}</p>`.text).toBe(
      '<p><b title="&quot;&#39;">&lt;&amp;&gt;</b>1</p>',
    );
  });
});

describe("JSON in a page", () => {
  it("ends no script element and begins no comment", () => {
    const { text } = dataScript("data", { text: HOSTILE });
    expect(text.match(/</g)).toHaveLength(2);
    const json = text.slice(text.indexOf(">") + 1, text.lastIndexOf("<"));
    expect(JSON.parse(json)).toEqual({ text: HOSTILE });
  });
});
