import { CommanderError } from "commander";
import { exitCodeOf, exitCodes, UsageError } from "./exit-codes.ts";
import { note, type Cli, type Io } from "./io.ts";
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
  const cli: Cli = { io, t: createTranslate(languageFlag(argv) ?? languageOf(io.env)) };
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
  // The reader of the output has seen enough (`| head`).
  if (codeOf(error) === "EPIPE") return exitCodes.ok;
  if (io.signal.aborted) {
    note(io, t("error.prefix", { message: t("error.interrupted") }));
    return exitCodes.interrupted;
  }
  const known = error instanceof CommanderError ? toUsageError(error, argv, t) : error;
  const message = known instanceof Error ? known.message : String(known);
  note(io, t("error.prefix", { message }));
  if (isVerbose(argv, io) && known instanceof Error) note(io, stackOf(known));
  return exitCodeOf(known);
}

/** Commander prints the help and throws where no command was given. */
function toUsageError(error: CommanderError, argv: readonly string[], t: Translate): UsageError {
  const command = ["baichuan2", ...argv.slice(0, 1).filter((word) => /^[a-z]+$/.test(word))].join(
    " ",
  );
  return new UsageError(t("error.seeHelp", { message: usageMessage(error, t), command }), {
    cause: error,
  });
}

function isVerbose(argv: readonly string[], { env }: Io): boolean {
  return argv.includes("--verbose") || Boolean(env["BAICHUAN2_DEBUG"]);
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
  const index = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const value = argv[index]?.split("=")[1] ?? (index < 0 ? undefined : argv[index + 1]);
  return languages.find((language) => language === value);
}
