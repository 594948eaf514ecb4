import type { SampleRecord } from "../../../results.ts";
import type { ReportLabels } from "../../labels/report-labels.ts";
import { cutText } from "../../table/cut-text.ts";
import {
  pageResponse,
  pageSample,
  tagsOf,
  type PageSample,
  type SampleTag,
} from "./page-sample.ts";

/** The samples of a task, as the script of the page reads them. */
export interface PageTask {
  /** Samples that there are; `samples` are those that the page keeps. */
  readonly total: number;
  /** Beginnings of prompts that several samples share. */
  readonly beginnings: readonly string[];
  readonly samples: readonly PageSample[];
}

/** Samples of a task that a page keeps. */
export const DEFAULT_KEPT = 200;

/** UTF-16 units of a shared beginning that are shown. */
const MAX_BEGINNING = 16_000;

/** What a page has to know of a sample to keep it or not. */
export interface Candidate {
  readonly record: SampleRecord;
  readonly tags: readonly SampleTag[];
  readonly responses: () => PageSample["responses"];
}

/** The samples of a task of one run; those first that are not right. */
export function pageTask(
  records: readonly SampleRecord[],
  kept: number,
  labels: ReportLabels,
): PageTask {
  const candidates = records.map((record): Candidate => ({
    record,
    tags: tagsOf(record.grade),
    responses: () => [pageResponse(record, labels)],
  }));
  return pageTaskOf(candidates, { order: ["wrong", "unknown", "right"], kept, labels });
}

/** How samples are chosen. */
export interface PageTaskParts {
  /** Those first that are kept first. */
  readonly order: readonly SampleTag[];
  /** Most samples that are kept. */
  readonly kept: number;
  readonly labels: ReportLabels;
}

/** Keeps the most telling samples, in the order of the data, and takes what their prompts share out of them. */
export function pageTaskOf(
  candidates: readonly Candidate[],
  { order, kept, labels }: PageTaskParts,
): PageTask {
  const rankOf = ({ tags }: Candidate): number => order.findIndex((tag) => tags.includes(tag));
  const chosen = new Set(candidates.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, kept));
  const parts = candidates
    .filter((candidate) => chosen.has(candidate))
    .map(({ record, tags, responses }) => pageSample(record, tags, responses(), labels));
  const beginnings = sharedBeginnings(parts.map(({ beginning }) => beginning));
  const samples = parts.map(({ beginning, sample }): PageSample => {
    const before = beginnings.indexOf(beginning);
    const prompt = before < 0 ? cutText(beginning, MAX_BEGINNING, labels.cut) : "";
    return { ...sample, before, prompt: prompt + sample.prompt };
  });
  return {
    total: candidates.length,
    beginnings: beginnings.map((text) => cutText(text, MAX_BEGINNING, labels.cut)),
    samples,
  };
}

function sharedBeginnings(all: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const beginning of all) counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
  return [...counts].filter(([text, count]) => text !== "" && count > 1).map(([text]) => text);
}
