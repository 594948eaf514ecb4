import { randomBytes } from "node:crypto";
import type { ServedModel } from "../engine/served-model.ts";

/** What all parts of an answer say. */
export interface AnswerHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

/** @param kind - What its id begins with. */
export function answerHead(
  kind: "chatcmpl" | "cmpl",
  model: string,
  { fingerprint }: ServedModel,
): AnswerHead {
  return {
    id: `${kind}-${randomBytes(12).toString("hex")}`,
    created: Math.floor(Date.now() / 1000),
    model,
    system_fingerprint: fingerprint,
  };
}
