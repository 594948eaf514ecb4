import { join } from "node:path";
import type { Command } from "commander";
import { CheckpointError, openCheckpoint } from "@baichuan2/model";
import { write, type Cli } from "../io.ts";
import { inspectCheckpoint, type Inspection } from "../inspection.ts";
import { exists, openDirectory, type ModelFlags } from "../model-options.ts";
import { formatBytes, formatCount, formatRows } from "../output/format.ts";
import { toJsonLine } from "../to-json-line.ts";

interface InspectFlags extends ModelFlags {
  readonly json?: boolean;
}

/** `baichuan2 inspect`: what a checkpoint holds, from the heads of its files. */
export function addInspectCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  program
    .command("inspect")
    .description(t("command.inspect"))
    .argument("[model]", t("argument.model"))
    .option("--model <dir|id>", t("option.model"))
    .option("--revision <name>", t("option.revision"))
    .option("--offline", t("option.offline"))
    .option("--json", t("option.json"))
    .action((model: string | undefined, flags: InspectFlags) =>
      inspect(cli, model === undefined ? flags : { ...flags, model }),
    );
}

/** @throws {CheckpointError} after printing, if the checkpoint cannot be loaded. */
async function inspect(cli: Cli, flags: InspectFlags): Promise<void> {
  const { io } = cli;
  const directory = await openDirectory(cli, flags);
  await using checkpoint = await openCheckpoint(directory, { signal: io.signal });
  const inspection = inspectCheckpoint(
    checkpoint,
    await exists(join(directory, "tokenizer.model")),
  );
  await write(io.stdout, flags.json ? toJsonLine(inspection) : describe(cli, inspection));
  if (inspection.problems.length > 0) throw new CheckpointError(directory, inspection.problems);
}

function describe({ t }: Cli, inspection: Inspection): string {
  const { variant, positionScheme, config, dtypes, disk, memory, files, quantization } = inspection;
  const scheme = positionScheme === "rope" ? "RoPE" : "ALiBi";
  const counts = Object.entries(dtypes).map(([dtype, count]) => `${dtype} (${count})`);
  return formatRows([
    [t("inspect.path"), inspection.path],
    [
      t("inspect.variant"),
      variant === "other" ? `other, ${scheme}` : `Baichuan2-${variant}, ${scheme}`,
    ],
    [t("inspect.tuning"), t("inspect.unknown")],
    [t("inspect.format"), `${inspection.format} (${files.length})`],
    [t("inspect.tensors"), formatCount(inspection.tensors)],
    [t("inspect.parameters"), formatCount(inspection.parameters)],
    [t("inspect.dtypes"), counts.join(", ")],
    [
      t("inspect.quantization"),
      quantization ? `${quantization.format}, ${quantization.layout}` : t("inspect.no"),
    ],
    [t("inspect.size"), formatBytes(files.reduce((total, { sizeBytes }) => total + sizeBytes, 0))],
    [t("inspect.context"), t("inspect.tokens", { count: config.modelMaxLength })],
    [t("inspect.tokenizer"), t(inspection.tokenizer ? "inspect.yes" : "inspect.no")],
    ...Object.entries(disk).map(
      ([dtype, bytes]) => [t("inspect.disk", { dtype }), formatBytes(bytes as number)] as const,
    ),
    ...Object.entries(memory).map(
      ([dtype, bytes]) => [t("inspect.memory", { dtype }), formatBytes(bytes as number)] as const,
    ),
    [t("inspect.cache"), formatBytes(inspection.cacheBytesPerToken)],
    [t("inspect.problems"), String(inspection.problems.length)],
  ]);
}
