import { z } from "zod";
import type { ExamRow } from "../../choice/exam.ts";
import { readJsonLines } from "../../data/read-json.ts";

const schema = z.object({
  question: z.string(),
  opa: z.string(),
  opb: z.string(),
  opc: z.string(),
  opd: z.string(),
  // From 1: the copy on Hugging Face counts from 0, where -1 is none.
  cop: z.int().min(1).max(4),
  choice_type: z.enum(["single", "multi"]),
});

/**
 * Reads the questions of a file.
 *
 * @param kind - `single` leaves out those that are marked as having several answers; each has one letter all the same.
 * @throws {EvalDataError} for a row whose `cop` is not 1 to 4.
 */
export async function loadMedmcqa(
  file: string,
  kind: "single" | "all",
  signal?: AbortSignal,
): Promise<ExamRow[]> {
  const lines = await readJsonLines(file, schema, signal);
  return lines
    .map(({ value }, row) => ({ value, row }))
    .filter(({ value }) => kind === "all" || value.choice_type === "single")
    .map(({ value, row }) => {
      const { question, opa, opb, opc, opd, cop } = value;
      const options = [opa, opb, opc, opd];
      return { row, question: { question, options, answer: "ABCD".charAt(cop - 1) } };
    });
}
