import { describe, expect, it } from "vitest";
import {
  defaultGenerationConfig,
  type GenerationOptions,
  mergeGenerationOptions,
  readGenerationConfig,
} from "./generation-config.ts";
import { GenerationOptionError } from "./generation-option-error.ts";

/** What the Chat checkpoints ship. */
const chatFile = {
  pad_token_id: 0,
  bos_token_id: 1,
  eos_token_id: 2,
  user_token_id: 195,
  assistant_token_id: 196,
  max_new_tokens: 2048,
  temperature: 0.3,
  top_k: 5,
  top_p: 0.85,
  repetition_penalty: 1.05,
  do_sample: true,
  transformers_version: "4.29.2",
};

describe("readGenerationConfig", () => {
  it("reads the file of a Chat checkpoint", () => {
    expect(readGenerationConfig(chatFile, "generation_config.json")).toEqual({
      padTokenId: 0,
      bosTokenId: 1,
      eosTokenIds: [2],
      userTokenId: 195,
      assistantTokenId: 196,
      maxNewTokens: 2048,
      temperature: 0.3,
      topK: 5,
      topP: 0.85,
      minP: 0,
      typicalP: 1,
      repetitionPenalty: 1.05,
      presencePenalty: 0,
      frequencyPenalty: 0,
      noRepeatNgramSize: 0,
      doSample: true,
      stop: [],
      ignoreEos: false,
      n: 1,
      logprobs: false,
      topLogprobs: 0,
      ignoredKeys: [],
    });
  });

  it("is greedy without a file", () => {
    const config = readGenerationConfig(undefined, "generation_config.json");
    expect(config).toBe(defaultGenerationConfig);
    expect(config.doSample).toBe(false);
  });

  it("takes a list of end-of-sequence ids, and null as missing", () => {
    const config = readGenerationConfig({ eos_token_id: [2, 7], top_p: null }, "f.json");
    expect(config.eosTokenIds).toEqual([2, 7]);
    expect(config.topP).toBe(1);
  });

  it("follows the keys of transformers for what it has, and leaves the others to callers", () => {
    const file = {
      typical_p: 0.9,
      no_repeat_ngram_size: 3,
      num_return_sequences: 2,
      sequence_bias: [[[5], 1]],
    };
    const config = readGenerationConfig(file, "f.json");
    expect(config).toMatchObject({ typicalP: 0.9, noRepeatNgramSize: 3, n: 2 });
    expect(config.ignoredKeys).toEqual(["sequence_bias"]);
  });

  it("lists the keys it does not follow", () => {
    const config = readGenerationConfig({ ...chatFile, num_beams: 4, constructor: 1 }, "f.json");
    expect(config.ignoredKeys).toEqual(["num_beams", "constructor"]);
  });

  it("is greedy at temperature 0", () => {
    expect(readGenerationConfig({ do_sample: true, temperature: 0 }, "f").doSample).toBe(false);
  });

  it("names the file and the key of a wrong value", () => {
    const read = () => readGenerationConfig({ top_p: 1.5 }, "dir/generation_config.json");
    expect(read).toThrow(
      "dir/generation_config.json: expected top_p to be a number above 0 and at most 1, got 1.5",
    );
    expect(read).toThrow(GenerationOptionError);
    expect(() => readGenerationConfig({ eos_token_id: [] }, "f")).toThrow("eos_token_id");
    expect(() => readGenerationConfig([], "f")).toThrow("f: expected the file to be a JSON object");
  });
});

describe("mergeGenerationOptions", () => {
  const chat = readGenerationConfig(chatFile, "generation_config.json");

  it("puts the caller's options in front of the checkpoint's defaults", () => {
    const merged = mergeGenerationOptions(chat, { topK: 0, maxNewTokens: 7, seed: 3, stop: "\n" });
    expect(merged).toEqual({ ...chat, topK: 0, maxNewTokens: 7, seed: 3, stop: ["\n"] });
  });

  it("takes undefined and null as not given", () => {
    expect(mergeGenerationOptions(chat, { topP: undefined, seed: null })).toEqual(chat);
    expect(mergeGenerationOptions(chat)).toEqual(chat);
  });

  it("is greedy at temperature 0, whatever doSample says", () => {
    expect(mergeGenerationOptions(chat, { temperature: 0 }).doSample).toBe(false);
    expect(mergeGenerationOptions(chat, { temperature: 0, doSample: true }).doSample).toBe(false);
  });

  it.each([{ temperature: 0.8 }, { topK: 10 }, { topP: 0.9 }, { minP: 0.1 }, { typicalP: 0.9 }])(
    "samples on a greedy checkpoint when given %j alone",
    (options) => {
      expect(mergeGenerationOptions(defaultGenerationConfig, options).doSample).toBe(true);
      const greedy = { ...options, doSample: false };
      expect(mergeGenerationOptions(defaultGenerationConfig, greedy).doSample).toBe(false);
    },
  );

  it.each([{ seed: 1 }, { repetitionPenalty: 1.1 }, { presencePenalty: 1 }, { maxNewTokens: 5 }])(
    "stays greedy on a greedy checkpoint when given %j",
    (options) => {
      expect(mergeGenerationOptions(defaultGenerationConfig, options).doSample).toBe(false);
    },
  );

  it.each([
    ["maxNewTokens", 0],
    ["maxNewTokens", 1.5],
    ["doSample", 1],
    ["temperature", -0.1],
    ["temperature", 1e-6],
    ["temperature", NaN],
    ["temperature", Infinity],
    ["temperature", "0.3"],
    ["topK", -1],
    ["topK", 2.5],
    ["topP", 0],
    ["topP", 1.01],
    ["minP", -0.1],
    ["minP", 1.1],
    ["repetitionPenalty", 0],
    ["seed", -1],
    ["seed", 2 ** 32],
    ["seed", 0.5],
    ["stop", ""],
    ["stop", ["a", ""]],
    ["stop", "\ud83d"],
    ["ignoreEos", "yes"],
    ["typicalP", 0],
    ["typicalP", 1.01],
    ["presencePenalty", 2.01],
    ["frequencyPenalty", -2.01],
    ["noRepeatNgramSize", -1],
    ["noRepeatNgramSize", 1.5],
    ["logitBias", [1]],
    ["logitBias", "5:1"],
    ["n", 0],
    ["n", 129],
    ["logprobs", 5],
    ["topLogprobs", 21],
    ["topLogprobs", true],
    ["promptLogprobs", -1],
  ])("refuses %s %j and names it", (field, value) => {
    const merge = () => mergeGenerationOptions(chat, { [field]: value });
    expect(merge).toThrow(
      expect.objectContaining({
        name: "GenerationOptionError",
        code: "ERR_GENERATION_OPTION",
        field,
        actual: value,
      }),
    );
  });

  it.each<GenerationOptions>([
    { maxNewTokens: 1 },
    { temperature: 1e-5 },
    { topK: 0 },
    { topP: 1 },
    { minP: 1 },
    { repetitionPenalty: 0.01 },
    { seed: 2 ** 32 - 1 },
    { stop: [] },
    { typicalP: 1 },
    { presencePenalty: -2, frequencyPenalty: 2 },
    { noRepeatNgramSize: 0 },
    { logitBias: {} },
    { logitBias: { 0: -100, 125_695: 100 } },
    { n: 128 },
    { logprobs: true, topLogprobs: 20 },
    { logprobs: false, topLogprobs: 0 },
    { promptLogprobs: 0 },
  ])("accepts the border value %j", (options) => {
    expect(mergeGenerationOptions(chat, options)).toMatchObject(options);
  });

  it.each<[logitBias: object, field: string, actual: unknown]>([
    [{ 5: 1, 7: 101 }, "logitBias[7]", 101],
    [{ 7: "1" }, "logitBias[7]", "1"],
    [{ 7: NaN }, "logitBias[7]", NaN],
    [{ "-1": 1 }, "logitBias[-1]", 1],
    [{ "007": 1 }, "logitBias[007]", 1],
    [{ "1.5": 1 }, "logitBias[1.5]", 1],
    [{ hello: 1 }, "logitBias[hello]", 1],
  ])("refuses the bias %j and names its entry", (logitBias, field, actual) => {
    const options = { logitBias } as GenerationOptions;
    expect(() => mergeGenerationOptions(chat, options)).toThrow(
      expect.objectContaining({ name: "GenerationOptionError", field, actual }),
    );
  });

  it("refuses the bias of an id beyond a known vocabulary", () => {
    const merge = (vocabSize?: number) =>
      mergeGenerationOptions(chat, { logitBias: { 4: 1, 5: -1 } }, { vocabSize });
    expect(() => merge(5)).toThrow(
      "generation options: expected logitBias[5] to be absent (token ids end at 4), got -1",
    );
    expect(merge(6).logitBias).toEqual({ 4: 1, 5: -1 });
    expect(merge().logitBias).toEqual({ 4: 1, 5: -1 });
  });

  it("refuses alternatives without log-probabilities", () => {
    const merge = (options: GenerationOptions) => mergeGenerationOptions(chat, options);
    expect(() => merge({ topLogprobs: 2 })).toThrow(
      "expected topLogprobs to be absent without logprobs (set logprobs to true), got 2",
    );
    expect(() => merge({ topLogprobs: 2, logprobs: false })).toThrow(GenerationOptionError);
    expect(merge({ promptLogprobs: 2 }).logprobs).toBe(false);
  });

  it("writes what is allowed and what came into the message", () => {
    expect(() => mergeGenerationOptions(chat, { temperature: NaN })).toThrow(
      "generation options: expected temperature to be 0 (greedy) or a number of at least 0.00001, got NaN",
    );
  });

  it("refuses options it does not know, such as misspelt ones", () => {
    const misspelt = { top_k: 5 } as GenerationOptions;
    expect(() => mergeGenerationOptions(chat, misspelt)).toThrow(/top_k to be absent .*topK/);
  });
});
