import type { PreviewedExample, TrainingArguments } from "@baichuan2/finetune";
import { write, type Cli } from "../io.ts";
import { hasColor, style } from "../output/style.ts";
import { toJsonLine } from "../to-json-line.ts";

/** Texts that are shown if nobody says how many. */
export const PREVIEWED = 3;

/** What stands around text that is learned, where there are no colours. */
const BRACKETS = ["⟦", "⟧"] as const;

/** Prints the first texts of a run's data: what is learned of them in colour or brackets, the rest dimmed; or ids and labels as JSON. */
export async function printPreview(
  cli: Cli,
  args: TrainingArguments,
  { count, json }: { readonly count: number; readonly json: boolean },
): Promise<void> {
  const { io } = cli;
  const { previewExamples } = await import("@baichuan2/finetune");
  let row = 0;
  for await (const example of previewExamples(args, { signal: io.signal })) {
    row += 1;
    const { inputIds, labels } = example;
    const line = json
      ? toJsonLine({ input_ids: inputIds, labels })
      : describeExample(cli, row, example);
    await write(io.stdout, line);
    if (row === count) return;
  }
}

function describeExample({ io, t }: Cli, row: number, example: PreviewedExample): string {
  const { inputIds, labels, spans } = example;
  const counts = { row, tokens: inputIds.length, trained: trainedTokens(labels) };
  const isColored = hasColor(io, io.stdout);
  const [open, close] = isColored ? ["", ""] : BRACKETS;
  const text = spans.map((span) => {
    const shown = visible(span.text);
    if (!span.isTrained) return style(io, io.stdout, "dim", shown);
    return `${open}${style(io, io.stdout, "green", shown)}${close}`;
  });
  return `${style(io, io.stdout, "bold", t("finetune.row", counts))}\n${text.join("")}\n\n`;
}

/** The first token is not predicted; masked ones have a label below 0. */
function trainedTokens(labels: readonly number[]): number {
  return labels.filter((label, i) => i > 0 && label >= 0).length;
}

/** Data may hold what steers a terminal: control characters but line ends are written out. */
function visible(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
