import type { Grade } from "../../../benchmark.ts";
import type { EvalResponse } from "../../../eval-request.ts";
import type { SampleRecord } from "../../../results.ts";
import { fill, type ReportLabels } from "../../labels/report-labels.ts";
import { cutText, firstLine } from "../../table/cut-text.ts";
import { optionsOf, type PageOption } from "./page-option.ts";
import { askedOf, splitPrompt } from "./prompt-of.ts";

/** What a page can show samples by. */
export type SampleTag = "right" | "wrong" | "noAnswer" | "unknown" | "lost" | "won" | "otherAnswer";

/** A sample, as the script of the page reads it. */
export interface PageSample {
  readonly id: string;
  /** Its beginning, as one line. */
  readonly question: string;
  readonly gold: string | null;
  readonly tags: readonly SampleTag[];
  /** Which of the task's beginnings the prompt has; -1: none that others have too. */
  readonly before: number;
  /** The rest of the prompt. */
  readonly prompt: string;
  /** One, or one of each run. */
  readonly responses: readonly PageResponse[];
}

/** What a model answered. */
export interface PageResponse {
  /** Which run's; undefined where there is one alone. */
  readonly run?: string | undefined;
  readonly answer: string | null;
  readonly score: number | null;
  /** Lines below the answer. */
  readonly notes: readonly string[];
  /** What the numbers of the options are. */
  readonly optionsTitle?: string | undefined;
  readonly options: readonly PageOption[];
  /** What was generated. */
  readonly texts: readonly string[];
}

/** UTF-16 units of a text that are shown: as many as a reader may read, so that no page grows without end. */
const MAX_TEXT = 4000;

/** Of an answer as it was understood, of a right one, of a note, of an option. */
const MAX_ANSWER = 600;

/** Of a question in a list. */
const MAX_QUESTION = 160;

/** Generated answers of a sample that are shown. */
const MAX_TEXTS = 4;

/** A sample of a page, but for the beginning of its prompt, which `pageTask` numbers. */
export function pageSample(
  record: SampleRecord,
  tags: readonly SampleTag[],
  responses: readonly PageResponse[],
  labels: ReportLabels,
): { readonly beginning: string; readonly sample: Omit<PageSample, "before"> } {
  const { id, question, request, grade } = record;
  const { before, rest } = splitPrompt(askedOf(request).prompt, question);
  const sample = {
    id: firstLine(id, MAX_QUESTION),
    question: firstLine(question, MAX_QUESTION),
    gold: grade.gold === null ? null : cutText(grade.gold, MAX_ANSWER, labels.cut),
    tags,
    prompt: cutText(rest, MAX_TEXT, labels.cut),
    responses,
  };
  return { beginning: before, sample };
}

/** What a model answered, as a page shows it. */
export function pageResponse(
  { request, response, grade }: SampleRecord,
  labels: ReportLabels,
  run?: string,
): PageResponse {
  const cut = (text: string): string => cutText(text, MAX_ANSWER, labels.cut);
  const found = optionsOf(askedOf(request).options.map(cut), response);
  return {
    run,
    answer: grade.answer === null ? null : cut(grade.answer),
    score: grade.score,
    notes: notesOf(grade, response, labels).map(cut),
    optionsTitle: found && labels[found.kind],
    options: found?.options ?? [],
    texts: textsOf(response).map((text) => cutText(text, MAX_TEXT, labels.cut)),
  };
}

function textsOf(response: EvalResponse): readonly string[] {
  return response.kind === "generate" ? response.texts.slice(0, MAX_TEXTS) : [];
}

function notesOf({ note, others }: Grade, response: EvalResponse, labels: ReportLabels): string[] {
  const { truncatedTokens: count } = response;
  const isGenerated = response.kind === "generate";
  const more = isGenerated ? response.texts.length - MAX_TEXTS : 0;
  return [
    ...(note === undefined ? [] : [note]),
    ...Object.entries(others ?? {}).map(([name, value]) => `${name}: ${(100 * value).toFixed(2)}`),
    ...(isGenerated && response.finishReasons.includes("length") ? [labels.cutLength] : []),
    ...(count > 0 ? [fill(labels.lostTokens, { count })] : []),
    ...(more > 0 ? [fill(labels.moreTexts, { count: more })] : []),
  ];
}

/** What a sample of one run is shown by. */
export function tagsOf({ answer, score }: Grade): SampleTag[] {
  if (score === null) return ["unknown"];
  if (score === 1) return ["right"];
  return answer === null ? ["wrong", "noAnswer"] : ["wrong"];
}
