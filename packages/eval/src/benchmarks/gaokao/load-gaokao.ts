import { join } from "node:path";
import { z } from "zod";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { readJson } from "../../data/read-json.ts";
import { QUESTION_TYPES, type QuestionType } from "./extract-answers.ts";

const rowSchema = z.object({
  question: z.string(),
  answer: z.array(z.string().regex(/^[A-Z]+$/)).min(1),
  score: z.number().positive(),
});

/** A question with its options; some hold several questions. */
export interface GaokaoRow {
  readonly question: string;
  /** The letters of each of its questions. */
  readonly answer: readonly string[];
  /** Points for each of them. */
  readonly score: number;
}

/** The file of a paper, below the benchmark's folder. */
export function gaokaoPath(name: string): string {
  return `Data/Objective_Questions/${name}.json`;
}

/**
 * Reads the rows of a paper.
 *
 * @throws {EvalDataError} for a row without letters for an answer.
 */
export async function loadGaokaoPaper(file: string, signal?: AbortSignal): Promise<GaokaoRow[]> {
  return (await readJson(file, z.object({ example: z.array(rowSchema) }), signal)).example;
}

/** How a paper is asked, by its own code. */
export interface GaokaoPrompt {
  readonly type: QuestionType;
  /** Stands before a question. */
  readonly prefix: string;
}

const promptSchema = z.object({
  examples: z.array(
    z.object({ type: z.enum(QUESTION_TYPES), keyword: z.string(), prefix_prompt: z.string() }),
  ),
});

/** The file of prompts, below the benchmark's folder. */
export const PROMPT_PATH = "Bench/Obj_Prompt.json";

/**
 * Reads the prompts of all papers.
 *
 * @returns the prompt of one; it throws an EvalDataError where there is none.
 */
export async function loadGaokaoPrompts(
  directory: string,
  signal?: AbortSignal,
): Promise<(name: string) => GaokaoPrompt> {
  const file = join(directory, PROMPT_PATH);
  const { examples } = await readJson(file, promptSchema, signal);
  return (name) => {
    const found = examples.find(({ keyword }) => keyword === name);
    if (found === undefined)
      throw new EvalDataError({ file, expected: `the prompt of ${name}`, actual: "none" });
    return { type: found.type, prefix: found.prefix_prompt };
  };
}
