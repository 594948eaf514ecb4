import { describe, expect, it } from "vitest";
import { numberColumn, textColumn } from "../table/column.ts";
import { escapeMarkdown, tableOf } from "./markdown.ts";

describe("Markdown of texts", () => {
  it("escapes what would be read as Markdown or HTML", () => {
    expect(escapeMarkdown("a|b <i> [x](y) `c` *d* &amp; \\")).toBe(
      "a\\|b \\<i\\> \\[x\\](y) \\`c\\` \\*d\\* \\&amp; \\\\",
    );
  });

  it("leaves underscores between words alone", () => {
    expect(escapeMarkdown("abstract_algebra _x_")).toBe("abstract_algebra \\_x\\_");
  });

  it("makes one line of several, without characters that are not seen", () => {
    expect(escapeMarkdown("a\r\n# b\u2028c\u202ed\ud800\u0000")).toBe("a # b c d");
  });
});

describe("a table", () => {
  it("has numbers to the right", () => {
    const columns = [
      textColumn("a", (row: string[]) => row[0] ?? ""),
      numberColumn("b", (row: string[]) => row[1] ?? ""),
    ];
    expect(tableOf(columns, [["x|y", "1.00"]])).toBe(
      ["| a    |    b |", "| :--- | ---: |", "| x\\|y | 1.00 |"].join("\n"),
    );
  });
});
