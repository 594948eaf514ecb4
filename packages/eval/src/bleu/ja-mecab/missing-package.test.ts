import { expect, it, vi } from "vitest";
import { bleuWords } from "../bleu-tokenizer.ts";

vi.mock("node:module", async (importOriginal) => ({
  ...(await importOriginal<typeof import("node:module")>()),
  createRequire: () => ({
    resolve: () => {
      throw new Error("Cannot find module 'kuromoji/package.json'");
    },
  }),
}));

it("tells how to install kuromoji where it is missing, and keeps the cause", () => {
  expect(() => bleuWords("ja-mecab")).toThrow(
    expect.objectContaining({
      name: "BleuError",
      message:
        "tokenize ja-mecab: expected the optional package kuromoji, which has MeCab's dictionary, got none (npm install kuromoji@0.1.2)",
      cause: expect.any(Error) as Error,
    }),
  );
});
