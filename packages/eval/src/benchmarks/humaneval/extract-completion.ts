import { lstrip } from "../../python/text.ts";

/** Finds what is to stand behind the prompt in what a model wrote. */
export type CompletionOf = (text: string) => string;

/**
 * OpenCompass of 2023: the first block between fences, without a signature, up to the first blank line, indented. It loses
 * the end of functions that have a blank line.
 *
 * @see opencompass opencompass/datasets/humaneval.py `humaneval_postprocess` at b885ec84
 */
export const completion2023: CompletionOf = (text) => {
  const code = cutBefore("\n\n", withoutImports(firstFence(text)));
  const body = lstrip(code).startsWith("def") ? code.split("\n").slice(1).join("\n") : code;
  if (body.startsWith("    ")) return body;
  if (body.startsWith(" ")) return `    ${lstrip(body)}`;
  return `    ${body.replaceAll("\n", "\n    ")}`;
};

/**
 * OpenCompass of 2026: the first closed block between fences, or all. It expects the whole function.
 *
 * @see opencompass opencompass/datasets/humaneval.py `humaneval_postprocess_v2` at a5acc4b
 */
export const completionHead: CompletionOf = (text) => {
  const opening = /```[\p{L}\p{N}_]*\n/u.exec(text);
  if (opening === null) return lstrip(text);
  const start = opening.index + opening[0].length;
  const end = text.indexOf("```", start);
  return lstrip(end === -1 ? text : text.slice(start, end));
};

/**
 * OpenCompass of 2026 for base models: lines from the beginning as long as they are indented.
 *
 * @see opencompass opencompass/datasets/humaneval.py `humaneval_internal_v2_postprocess` at a5acc4b
 */
export const completionHeadBase: CompletionOf = (text) => {
  const shifted = text.startsWith("   ") && !text.startsWith("    ") ? ` ${text}` : text;
  const lines = cutBefore("\n```", cutBefore("\n\n\n", shifted)).split("\n");
  const end = lines.findIndex((line) => line !== "" && !line.startsWith(" "));
  return lines.slice(0, end === -1 ? undefined : end).join("\n");
};

/** What stands behind the first fence: a closed block without the name of its language, an open one with it. */
function firstFence(text: string): string {
  const [, block, rest] = text.split("```", 3);
  if (block === undefined) return text;
  if (rest === undefined || block.startsWith("\n")) return block;
  return block.slice(block.indexOf("\n") + 1);
}

/** Where it begins with imports, what stands behind the line of the first `def`. */
function withoutImports(code: string): string {
  const start = lstrip(code);
  if (!start.startsWith("from") && !start.startsWith("import")) return code;
  const signature = code.indexOf("def");
  return signature === -1 ? code : code.slice(code.indexOf("\n", signature) + 1);
}

function cutBefore(end: string, text: string): string {
  const at = text.indexOf(end);
  return at === -1 ? text : text.slice(0, at);
}
