import type { RunPlan } from "@baichuan2/eval";
import { write, type Cli } from "../io.ts";
import { formatCount, formatRows } from "../output/format.ts";
import { toJsonLine } from "../to-json-line.ts";

/** Tells what a run would ask: tasks with their numbers of questions, or all of it as JSON. */
export async function printPlan(
  { io, language, t }: Cli,
  { manifest, samples }: RunPlan,
  { json }: { readonly json?: boolean },
): Promise<void> {
  if (json) return write(io.stdout, toJsonLine({ ...manifest, samples: samples.length }));
  const rows = manifest.benchmarks.flatMap(({ name, recipe, tasks }) =>
    tasks.map(({ name: task, title, planned }) => {
      return [`${name} (${recipe})`, task, title[language], formatCount(planned)];
    }),
  );
  const total = t("eval.planned", { total: formatCount(samples.length) });
  await write(io.stdout, `${formatRows(rows)}\n${total}\n`);
}
