import { describe, expect, it } from "vitest";
import { generated } from "../__fixtures__/grade-sample.ts";
import { asWritten, codeSample, samplingOf } from "./code-sample.ts";
import type { PythonProgram, PythonRunner } from "./python-runner.ts";

/** Passes programs that say so. */
function runner(): PythonRunner & { readonly programs: PythonProgram[] } {
  const programs: PythonProgram[] = [];
  return {
    programs,
    async run(program) {
      programs.push(program);
      const isRight = program.source === "right;test";
      const message = isRight ? "" : "<object at 0x7f3a5c0d1e80>";
      return { status: isRight ? "passed" : "failed", message, exception: [] };
    },
  };
}

const sample = codeSample({
  benchmark: "made-up",
  id: "made-up/test/0",
  question: "Which?",
  gold: "right",
  prompt: "Which?",
  maxNewTokens: 8,
  stop: [],
  sampling: undefined,
  codeOf: asWritten,
  programOf: (code) => ({ source: `${code};test`, timeoutSeconds: 3 }),
  noteOf: ({ status, message }) => `${status}: ${message}`,
});

describe("a sample that is graded by running it", () => {
  it("scores one answer by whether it passes", async () => {
    const python = runner();
    expect(await sample.grade(generated("right"), { python })).toEqual({
      answer: "right",
      gold: "right",
      score: 1,
      note: "passed: ",
    });
    expect(python.programs).toEqual([{ source: "right;test", timeoutSeconds: 3 }]);
  });

  it("notes why an answer fails, without what differs in each run", async () => {
    const grade = await sample.grade(generated("wrong"), { python: runner() });
    expect(grade).toMatchObject({ score: 0, note: "failed: <object at 0x…>" });
  });

  it("scores several answers by the part that passes, with pass@k as far as there are k", async () => {
    const texts = ["right", ...Array.from({ length: 9 }, () => "wrong"), "right", "wrong"];
    const grade = await sample.grade(generated(...texts), { python: runner() });
    expect(grade).toMatchObject({ score: 2 / 12, note: "2 of 12 passed" });
    // 1 - C(10, 10) / C(12, 10) = 1 - 1 / 66
    expect(grade.others).toEqual({
      "pass@1": expect.closeTo(2 / 12, 12),
      "pass@10": expect.closeTo(65 / 66, 12),
    });
  });

  it("scores 0 where there is no answer", async () => {
    const grade = await sample.grade(generated(), { python: runner() });
    expect(grade).toEqual({ answer: null, gold: "right", score: 0, note: "no answer" });
  });

  it("runs nothing that nobody allowed", async () => {
    await expect(async () =>
      sample.grade(generated("right"), { python: undefined }),
    ).rejects.toThrow(
      "made-up: expected permission to run programs that a model wrote, got none (--allow-code-execution gives it",
    );
  });
});

describe("samplingOf", () => {
  it("is greedy unless more samples or a temperature are asked for", () => {
    expect(samplingOf({})).toBeUndefined();
    expect(samplingOf({ samples: 1 })).toBeUndefined();
  });

  it("draws with what is known of human-eval's paper", () => {
    expect(samplingOf({ samples: 20 })).toEqual({
      n: 20,
      temperature: 0.8,
      topP: 0.95,
      seed: 1234,
    });
    expect(samplingOf({ temperature: 0.2, seed: 7 })).toMatchObject({
      n: 1,
      temperature: 0.2,
      seed: 7,
    });
  });
});
