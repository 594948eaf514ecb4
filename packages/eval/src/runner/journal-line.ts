import { z } from "zod";
import type { SampleRecord } from "../results.ts";
import { EvalRunError } from "./eval-run-error.ts";

/** A line of the journal: a record, and the sample's place in its task. */
export interface JournalLine extends SampleRecord {
  readonly index: number;
}

const kinds = z.enum(["letters", "logLikelihood", "perplexity", "generate"]);
const numbers = z.array(z.number());

/** What a model answered. */
export const responseSchema = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("letters"), scores: numbers, truncatedTokens: z.number() }),
  z.looseObject({
    kind: z.literal("logLikelihood"),
    logLikelihoods: numbers,
    truncatedTokens: z.number(),
  }),
  z.looseObject({ kind: z.literal("perplexity"), losses: numbers, truncatedTokens: z.number() }),
  z.looseObject({
    kind: z.literal("generate"),
    texts: z.array(z.string()),
    finishReasons: z.array(z.enum(["stop", "length"])),
    truncatedTokens: z.number(),
  }),
]);

const lineSchema = z
  .looseObject({
    benchmark: z.string(),
    task: z.string(),
    id: z.string(),
    index: z.int().nonnegative(),
    question: z.string(),
    request: z.looseObject({ kind: kinds }),
    response: responseSchema,
    grade: z.looseObject({
      answer: z.string().nullable(),
      gold: z.string().nullable(),
      score: z.number().min(0).max(1).nullable(),
    }),
  })
  .refine(({ request, response }) => request.kind === response.kind, "another kind of response");

/** Reads a line of a journal. @param where - File and line. @throws {EvalRunError} if it is no record. */
export function parseLine(text: string, where: string): JournalLine {
  try {
    return lineSchema.parse(JSON.parse(text)) as unknown as JournalLine;
  } catch (cause) {
    const hint = "take the line away, and its sample is asked again";
    throw new EvalRunError(where, "a record", "something else", hint, { cause });
  }
}
