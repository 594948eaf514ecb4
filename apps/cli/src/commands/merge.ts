import type { Command } from "commander";
import { mergeAdapter, type MergeDtype, type MergeReport } from "@baichuan2/model";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import type { Translate } from "../messages/translate.ts";
import { openDirectory } from "../model-options.ts";
import { formatBytes, formatRows } from "../output/format.ts";
import { createWriteProgress } from "../output/progress.ts";
import { toJsonLine } from "../to-json-line.ts";

interface MergeFlags {
  readonly model?: string;
  readonly adapter?: string;
  readonly output?: string;
  readonly dtype?: string;
  readonly revision?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** What is merged, and where it is written. */
interface MergePaths {
  readonly model: string;
  readonly adapter: string;
  readonly output: string;
}

/** `baichuan2 merge`: writes a checkpoint with an adapter in its weights. */
export function addMergeCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  program
    .command("merge")
    .description(t("command.merge"))
    .option("--model <dir|id>", t("option.mergeModel"))
    .option("--adapter <dir>", t("option.mergeAdapter"))
    .option("--output <dir>", t("option.mergeOutput"))
    .option("--dtype <type>", t("option.mergeDtype"))
    .option("--revision <name>", t("option.revision"))
    .option("--offline", t("option.offline"))
    .option("--json", t("option.json"))
    .action((flags: MergeFlags) => merge(cli, flags));
}

async function merge(cli: Cli, flags: MergeFlags): Promise<void> {
  const { io, t } = cli;
  const { adapter, output } = flags;
  if (adapter === undefined) throw new UsageError(t("error.noAdapter"));
  if (output === undefined) throw new UsageError(t("error.noOutput"));
  const model = await openDirectory(cli, flags);
  const paths = { model, adapter, output };
  const report = await writeMerged(cli, paths, flags.dtype);
  const text = flags.json ? toJsonLine({ ...paths, ...report }) : describeMerge(t, paths, report);
  await write(io.stdout, text);
}

async function writeMerged(cli: Cli, paths: MergePaths, dtype?: string): Promise<MergeReport> {
  const { signal } = cli.io;
  using progress = createWriteProgress(cli, "progress.merge");
  return await mergeAdapter({
    ...paths,
    // Any text may stand on a command line; the library names what it knows.
    dtype: dtype as MergeDtype | undefined,
    signal,
    onProgress: progress.update,
  });
}

function describeMerge(
  t: Translate,
  { model, adapter, output }: MergePaths,
  { merged, outBytes }: MergeReport,
): string {
  return formatRows([
    [t("merge.model"), model],
    [t("merge.adapter"), adapter],
    [t("merge.output"), output],
    [t("merge.merged"), String(merged.length)],
    [t("merge.size"), formatBytes(outBytes)],
  ]);
}
