import { fileURLToPath } from "node:url";
import { loadModel, type Model } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LetterIds } from "../eval-request.ts";
import { checkpointFingerprint } from "./checkpoint-fingerprint.ts";
import { EngineModel } from "./engine-model.ts";

const path = fileURLToPath(new URL("../../../../tooling/tiny-chat/model", import.meta.url));

let model: Model;
let evaluated: EngineModel;
beforeAll(async () => {
  model = await loadModel(path, { deterministic: true });
  evaluated = new EngineModel(model, { name: "tiny", fingerprint: "x" });
});
afterAll(() => model.dispose());

const PROMPT = "1 + 1 = ?\nA. 1\nB. 2\nC. 3\nD. 4\nAnswer:";

describe("EngineModel", () => {
  it("compares letters by the prompt's last row of logits", async () => {
    // of the bundled vocabulary " A", " B" and " E" are one token, " C" is two
    const oneToken = ["A", "B", "E"];
    const { data } = await model.logits(model.promptIds({ text: PROMPT }), { last: true });
    const logitOf = (text: string) => {
      const tokenIds = model.promptIds({ text });
      expect(tokenIds).toHaveLength(1);
      return data[tokenIds[0] ?? -1] ?? NaN;
    };
    const spacedOf = (letter: string) => logitOf(` ${letter}`);
    const likelier = (letter: string) => Math.max(logitOf(letter), spacedOf(letter));
    const scoresOf = async (letters: readonly string[], ids: LetterIds) =>
      (await evaluated.answer({ kind: "letters", prompt: PROMPT, letters, ids })).scores;
    expect(await scoresOf(["A", "B", "C", "D"], "bare")).toEqual(["A", "B", "C", "D"].map(logitOf));
    expect(await scoresOf(oneToken, "spaced")).toEqual(oneToken.map(spacedOf));
    expect(await scoresOf([...oneToken, "C"], "both")).toEqual([
      ...oneToken.map(likelier),
      logitOf("C"),
    ]);
  });

  it("refuses letters that are not one token", async () => {
    const request = {
      kind: "letters",
      prompt: PROMPT,
      letters: ["A", "C"],
      ids: "spaced",
    } as const;
    expect(model.promptIds({ text: " C" })).toHaveLength(2);
    await expect(evaluated.answer(request)).rejects.toThrow(
      'letter C: expected one token for " C", got 2 (use --letters bare)',
    );
  });

  it.each([
    ["a token each", [" A", " B"]],
    ["several tokens", [" A long answer", " B"]],
  ])("scores continuations of %s as the model does", async (_name, continuations) => {
    const request = { kind: "logLikelihood", prompt: PROMPT, continuations } as const;
    const { logLikelihoods } = await evaluated.answer(request);
    for (const [i, text] of continuations.entries()) {
      const { logLikelihood } = await model.score({ text: PROMPT }, { text });
      expect(logLikelihoods[i]).toBeCloseTo(logLikelihood, 4);
    }
  });

  it("finds the losses of texts that begin alike, as of each alone", async () => {
    const texts = ["A", "B", "C and more"].map((letter) => `${PROMPT} ${letter}`);
    const { losses } = await evaluated.answer({ kind: "perplexity", texts });
    for (const [i, text] of texts.entries())
      expect(losses[i]).toBeCloseTo((await model.perplexity({ text })).loss, 4);
  });

  it("generates the likeliest tokens without the checkpoint's penalty", async () => {
    const request = { kind: "generate", prompt: "你好", maxNewTokens: 12, stop: ["\n"] } as const;
    const options = { doSample: false, repetitionPenalty: 1, maxNewTokens: 12, stop: ["\n"] };
    const { text } = await model.generate({ text: "你好" }, options);
    expect((await evaluated.answer(request)).texts).toEqual([text]);
    const sampling = { n: 3, temperature: 1, topP: 1, seed: 7 };
    const drawn = await evaluated.answer({ ...request, sampling });
    expect(drawn.texts).toHaveLength(3);
    expect(await evaluated.answer({ ...request, sampling })).toEqual(drawn);
  });

  it("asks as a user where it chats", async () => {
    const chatting = new EngineModel(model, { name: "tiny", fingerprint: "x", asChat: true });
    const request = { kind: "generate", prompt: "你好", maxNewTokens: 8, stop: [] } as const;
    const messages = [{ role: "user" as const, content: "你好" }];
    const options = { doSample: false, repetitionPenalty: 1, maxNewTokens: 8 };
    const { text } = await model.generate({ messages }, options);
    expect((await chatting.answer(request)).texts).toEqual([text]);
  });

  it("takes the end of a prompt that is longer than the context", async () => {
    const prompt = "长".repeat(2 * model.config.modelMaxLength);
    const request = { kind: "generate", prompt, maxNewTokens: 8, stop: [] } as const;
    const { truncatedTokens } = await evaluated.answer(request);
    const tokens = model.promptIds({ text: prompt }).length;
    expect(truncatedTokens).toBe(tokens + 8 - model.config.modelMaxLength);
    const letters = await evaluated.answer({
      kind: "letters",
      prompt,
      letters: ["A"],
      ids: "bare",
    });
    expect(letters.truncatedTokens).toBe(tokens - model.config.modelMaxLength);
  });

  it("answers the same bits whatever else runs", async () => {
    const prompts = Array.from({ length: 12 }, (_, i) => `${"问题".repeat(i)}${PROMPT}`);
    const ask = (prompt: string) =>
      evaluated.answer({ kind: "letters", prompt, letters: ["A", "B"], ids: "both" });
    const together = await Promise.all(prompts.map(ask));
    const alone = [];
    for (const prompt of prompts.toReversed()) alone.unshift(await ask(prompt));
    expect(together).toEqual(alone);
  });
});

describe("checkpointFingerprint", () => {
  it("is the same for the same files, and another one for other files or another load", async () => {
    const fingerprint = await checkpointFingerprint([path]);
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(await checkpointFingerprint([path])).toBe(fingerprint);
    expect(await checkpointFingerprint([path], { dtype: "nf4" })).not.toBe(fingerprint);
    const tokenizer = fileURLToPath(new URL("tokenizer.model", `file://${path}/`));
    expect(await checkpointFingerprint([path, tokenizer])).not.toBe(fingerprint);
    const other = fileURLToPath(
      new URL("../../../../tooling/tiny-chat/model-alibi", import.meta.url),
    );
    expect(await checkpointFingerprint([other])).not.toBe(fingerprint);
  });
});
