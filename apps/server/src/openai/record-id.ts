import { randomBytes } from "node:crypto";

/** What has an id that stays: a file, a job, an event of a job, a checkpoint of a job. */
export type RecordKind = "file" | "ftjob" | "ftevent" | "ftckpt";

const DIGITS = /^[0-9a-f]{24}$/;

/** `file-…` with 24 hexadecimal digits. */
export function newRecordId(kind: RecordKind): string {
  return `${kind}-${randomBytes(12).toString("hex")}`;
}

/** Whether a text is such an id: only these ever become part of a path. */
export function isRecordId(kind: RecordKind, text: string): boolean {
  return text.startsWith(`${kind}-`) && DIGITS.test(text.slice(kind.length + 1));
}
