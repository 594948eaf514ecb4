import { CommanderError } from "commander";
import { MemoryLimitError } from "@baichuan2/model";
import { exitCodeOf, exitCodes, UsageError } from "./exit-codes.ts";
import { note, type Cli, type Io } from "./io.ts";
import { memoryMessage } from "./memory-message.ts";
import {
  createTranslate,
  languageOf,
  languages,
  type Language,
  type Translate,
} from "./messages/translate.ts";
import { createProgram } from "./program.ts";
import { usageMessage } from "./usage-message.ts";

/**
 * Runs the program.
 *
 * @param argv - Arguments after the program's name.
 * @returns the exit code.
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const language = languageFlag(argv) ?? languageOf(io.env);
  const cli: Cli = { io, t: createTranslate(language), language };
  // A write that fails rejects where it was made; without a listener the stream's event would end the process.
  const ignore = (): void => {};
  io.stdout.on("error", ignore);
  io.stderr.on("error", ignore);
  let exitCode: number = exitCodes.ok;
  try {
    await createProgram(cli, (code) => (exitCode = code)).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return reportError(cli, argv, error);
  }
}

function reportError(cli: Cli, argv: readonly string[], error: unknown): number {
  const { io, t } = cli;
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
  // Without a command commander has printed the help: that says it all.
  if (error instanceof CommanderError && error.code === "commander.help") return exitCodes.usage;
  // The reader of the output has seen enough (`| head`).
  if (codeOf(error) === "EPIPE") return exitCodes.ok;
  if (io.signal.aborted) {
    note(io, t("error.prefix", { message: t("error.interrupted") }));
    return exitCodeOf(io.signal.reason);
  }
  const known = error instanceof CommanderError ? toUsageError(error, argv, t) : error;
  const message = messageOf(known, t);
  note(io, t("error.prefix", { message }));
  if (isVerbose(argv, io) && known instanceof Error) note(io, stackOf(known));
  return exitCodeOf(known);
}

function messageOf(error: unknown, t: Translate): string {
  if (error instanceof MemoryLimitError) return memoryMessage(error, t);
  return error instanceof Error ? error.message : String(error);
}

function toUsageError(error: CommanderError, argv: readonly string[], t: Translate): UsageError {
  const [first = ""] = argv;
  const isCommand = error.code !== "commander.unknownCommand" && /^[a-z]+$/.test(first);
  const command = isCommand ? `baichuan2 ${first}` : "baichuan2";
  return new UsageError(t("error.seeHelp", { message: usageMessage(error, t), command }), {
    cause: error,
  });
}

function isVerbose(argv: readonly string[], { env }: Io): boolean {
  return flagWords(argv).includes("--verbose") || Boolean(env["BAICHUAN2_DEBUG"]);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** The language is needed before the command line is parsed: the parser speaks it. */
function languageFlag(argv: readonly string[]): Language | undefined {
  const words = flagWords(argv);
  const index = words.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const value = words[index]?.split("=")[1] ?? (index < 0 ? undefined : words[index + 1]);
  return languages.find((language) => language === value);
}

/** What stands before `--`: after it nothing is a flag. */
function flagWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
}
