import { expect, it, vi } from "vitest";
import { tinyModel } from "../__fixtures__/model-file.ts";
import { createSentencePieceTokenizer } from "./sentencepiece-tokenizer.ts";

vi.mock("sentencepiece-js", () => {
  throw new Error("Cannot find package 'sentencepiece-js'");
});

it("tells how to install sentencepiece-js where it is missing, and keeps the cause", async () => {
  const error: unknown = await createSentencePieceTokenizer(tinyModel("tiny-unigram")).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    name: "TokenizerError",
    expected: "the optional package sentencepiece-js",
    hint: "npm install sentencepiece-js@1",
    cause: expect.any(Error) as Error,
  });
});
