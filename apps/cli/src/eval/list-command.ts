import type { Command } from "commander";
import type { Benchmark } from "@baichuan2/eval";
import { write, type Cli } from "../io.ts";
import { formatRows } from "../output/format.ts";
import { namedBenchmarks } from "./choose-benchmarks.ts";
import { flagOf } from "./eval-flags.ts";
import { toJsonLine } from "../to-json-line.ts";

/** `baichuan2 eval list`: which benchmarks there are, with their recipes. */
export function addEvalListCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  command
    .command("list")
    .description(t("command.evalList"))
    .argument("[benchmarks...]", t("argument.benchmarks"))
    .option("--json", t("option.json"))
    .action(async (names: readonly string[], { json }: { json?: boolean }) => {
      const { benchmarks } = await import("@baichuan2/eval");
      const chosen = namedBenchmarks(cli, benchmarks, names);
      const text = json ? toJsonLine(chosen.map(factsOf)) : describe(cli, chosen);
      await write(cli.io.stdout, text);
    });
}

function factsOf({ name, title, category, recipes, options, published }: Benchmark) {
  return { name, title, category, recipes, options, published };
}

function describe({ language }: Cli, benchmarks: readonly Benchmark[]): string {
  const parts = benchmarks.map(({ name, title, category, recipes, options }) => {
    const rows = Object.entries(recipes).map(([recipe, { shots, description, chosen }]) => {
      const more = chosen === undefined ? "" : `. ${chosen[language]}`;
      return [`  ${recipe}`, `${shots}-shot`, `${description[language]}${more}`];
    });
    return `${name} (${title[language]}, ${category})\n${formatRows(rows)}  ${options.map(flagOf).join(" ")}\n`;
  });
  return parts.join("\n");
}
