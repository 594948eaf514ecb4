import { CheckpointError, HubError, OutputError, readGenerationConfig } from "@baichuan2/model";
import { TokenizerError } from "@baichuan2/tokenizer";
import { describe, expect, it } from "vitest";
import { exitCodeOf, exitCodes, InterruptError, UsageError } from "./exit-codes.ts";

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}

describe("exitCodeOf", () => {
  const withCode = (code: string): Error => Object.assign(new Error("failed"), { code });
  const badFile = errorOf(() => readGenerationConfig({ top_p: 7 }, "generation_config.json"));

  it.each([
    ["an error without a kind", new Error("failed"), 1],
    ["something thrown that is no error", "failed", 1],
    ["wrong usage", new UsageError("failed"), 2],
    ["something that is neither a directory nor an id", new HubError("invalid-id", "x", "y"), 2],
    ["a network failure", new HubError("network", "a/b", "unreachable"), 3],
    ["an unknown id", new HubError("not-found", "a/b", "unknown"), 3],
    ["a gated model", new HubError("unauthorized", "a/b", "no access"), 4],
    ["a damaged download", new HubError("damaged", "a/b", "wrong hash"), 5],
    ["a damaged checkpoint", new CheckpointError("dir", "truncated"), 5],
    ["a checkpoint error of the engine's thread", withCode("ERR_CHECKPOINT"), 5],
    ["an adapter of another model", withCode("ERR_ADAPTER"), 5],
    [
      "a full disk",
      new CheckpointError("file", "cannot be written", { cause: withCode("ENOSPC") }),
      1,
    ],
    ["a place that another run works in", new OutputError("dir", "in-use", "failed"), 1],
    ["a place that is taken", new OutputError("dir", "exists", "failed"), 2],
    ["a damaged generation_config.json", badFile, 5],
    [
      "a damaged tokenizer",
      new TokenizerError({ where: "tokenizer.model", expected: "a model", actual: "nothing" }),
      5,
    ],
    ["memory that V8 cannot give", new RangeError("Array buffer allocation failed"), 6],
    ["memory that the runtime cannot give", new Error("std::bad_alloc"), 6],
    ["a model that memory cannot hold", withCode("ERR_MEMORY_LIMIT"), 6],
    ["an argument of a training run", withCode("ERR_TRAINING_ARGUMENT"), 2],
    ["a row of training data that cannot be used", withCode("ERR_DATA"), 5],
    ["a training run whose numbers are none", withCode("ERR_TRAINING"), 1],
    ["an unsupported dtype", withCode("ERR_UNSUPPORTED"), 7],
    ["Ctrl+C", new InterruptError("interrupted"), 130],
    ["a closed terminal", new InterruptError("interrupted", exitCodes.hungUp), 129],
  ])("gives %s its code", (_kind, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
