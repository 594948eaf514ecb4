import { createHash } from "node:crypto";
import type { AnswerOptions, EvalModel } from "../eval-model.ts";
import type { EvalRequest, EvalResponse, ResponseTo } from "../eval-request.ts";

/** A model without numbers in it. */
export interface FakeModel extends EvalModel {
  /** Questions that it was asked so far. */
  readonly asked: () => number;
}

/** A model that answers by a function. */
export function fakeModel(
  answerOf: (request: EvalRequest, asked: number) => EvalResponse | Promise<EvalResponse>,
): FakeModel {
  let asked = 0;
  return {
    name: "fake",
    fingerprint: "fake-1",
    asked: () => asked,
    countTokens: (text) => text.length,
    async answer<Request extends EvalRequest>(request: Request, { signal }: AnswerOptions = {}) {
      signal?.throwIfAborted();
      return (await answerOf(request, asked++)) as ResponseTo<Request>;
    },
    async [Symbol.asyncDispose]() {
      // owns nothing
    },
  };
}

/** Answers by a hash of the question: the same always, right now and then. Slower for some questions than for others. */
export const hashingModel = (): FakeModel =>
  fakeModel(async (request) => {
    const bytes = createHash("sha256").update(JSON.stringify(request)).digest();
    await new Promise((resolve) => setTimeout(resolve, (bytes[0] ?? 0) % 4));
    if (request.kind !== "letters") throw new Error("only letters");
    const scores = request.letters.map((_, index) => bytes[index + 1] ?? 0);
    return { kind: "letters", scores, truncatedTokens: 0 };
  });
