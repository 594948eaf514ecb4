import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createTranslate, languages } from "./messages/translate.ts";
import { samplingKeys, toGenerationOptions } from "./rows.ts";
import { addSamplingOptions, readSamplingOptions, type SamplingFlags } from "./sampling-options.ts";

function command(language: (typeof languages)[number] = "en"): Command {
  const quiet = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  return addSamplingOptions(quiet, createTranslate(language));
}

function read(...argv: string[]) {
  const flags = command().parse(argv, { from: "user" }).opts<SamplingFlags>();
  return readSamplingOptions(flags);
}

describe("flags", () => {
  it("give the generation options of the same name", () => {
    const biases = "--logit-bias 7:-100 --logit-bias 12:0.5";
    const penalties = "--presence-penalty -0.5 --frequency-penalty 1.5";
    const flags = `--typical-p 0.9 ${penalties} --no-repeat-ngram-size 3 ${biases}`;
    const options = read(...flags.split(" "));
    expect(options).toMatchObject({
      typicalP: 0.9,
      presencePenalty: -0.5,
      frequencyPenalty: 1.5,
      noRepeatNgramSize: 3,
      logitBias: { 7: -100, 12: 0.5 },
    });
  });

  it("that are left out leave everything to the checkpoint", () => {
    expect(Object.values(read()).every((value) => value === undefined)).toBe(true);
  });

  it.each([
    ["--typical-p", "0", "--typical-p to be a number above 0 and at most 1"],
    ["--presence-penalty", "3", "--presence-penalty to be a number from -2 to 2"],
    ["--frequency-penalty", "-3", "--frequency-penalty to be a number from -2 to 2"],
    ["--no-repeat-ngram-size", "-1", "--no-repeat-ngram-size to be an integer of at least 0"],
    ["--logit-bias", "7:101", "--logit-bias[7] to be a bias from -100 to 100"],
  ])("%s %s is refused as the user spelled it", (flag, value, message) => {
    expect(() => read(flag, value)).toThrow(message);
  });

  it.each(["7", "7:", ":1", "a:1", "-1:1", "7:x"])("the bias %j is refused", (text) => {
    expect(() => read("--logit-bias", text)).toThrow(
      expect.objectContaining({ code: "commander.invalidArgument" }),
    );
  });

  it("two biases of one id are refused", () => {
    expect(() => read("--logit-bias", "7:1", "--logit-bias", "07:2")).toThrow(
      "one bias for each id",
    );
  });

  it.each(languages)("are all in the help (%s)", (language) => {
    const help = command(language).helpInformation();
    for (const flag of [
      "--typical-p <x>",
      "--presence-penalty <x>",
      "--frequency-penalty <x>",
      "--no-repeat-ngram-size <n>",
      "--logit-bias <id:bias>",
    ])
      expect(help).toContain(flag);
    expect(help).not.toContain("option.");
  });
});

describe("keys of a line", () => {
  const row = z.strictObject(samplingKeys);

  it("give the generation options of the same name", () => {
    const parsed = row.parse({
      typical_p: 0.9,
      presence_penalty: 1,
      frequency_penalty: -1,
      no_repeat_ngram_size: 4,
      logit_bias: { "7": -100 },
    });
    expect(toGenerationOptions(parsed)).toMatchObject({
      typicalP: 0.9,
      presencePenalty: 1,
      frequencyPenalty: -1,
      noRepeatNgramSize: 4,
      logitBias: { 7: -100 },
    });
  });

  it("of the wrong type are refused", () => {
    expect(row.safeParse({ logit_bias: [7] }).success).toBe(false);
    expect(row.safeParse({ logit_bias: { "7": "1" } }).success).toBe(false);
    expect(row.safeParse({ presence_penalty: "1" }).success).toBe(false);
  });
});
