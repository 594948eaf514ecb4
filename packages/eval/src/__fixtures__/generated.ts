import type { GenerateResponse } from "../eval-request.ts";

/** What a model that wrote these texts answers. */
export function generated(...texts: string[]): GenerateResponse {
  return { kind: "generate", texts, finishReasons: texts.map(() => "stop"), truncatedTokens: 0 };
}
