import type { CommanderError } from "commander";
import type { Translate } from "./messages/translate.ts";

/** What is wrong with a command line, in the user's language; commander itself only speaks English. */
export function usageMessage({ code, message }: CommanderError, t: Translate): string {
  const [name = "", second = ""] = [...message.matchAll(/'([^']*)'/g)].map(
    (match) => match[1] ?? "",
  );
  switch (code) {
    case "commander.unknownOption":
      return t("error.unknownOption", { name });
    case "commander.unknownCommand":
      return t("error.unknownCommand", { name });
    case "commander.missingArgument":
      return t("error.missingArgument", { name });
    case "commander.optionMissingArgument":
      return t("error.optionMissingArgument", { name });
    case "commander.conflictingOption":
      return t("error.conflictingOption", { name, other: second });
    case "commander.excessArguments":
      return t("error.excessArguments");
    case "commander.invalidArgument":
      return t("error.invalidArgument", { name, value: second, expected: expectedValue(message) });
    default:
      return message.replace(/^error: /, "");
  }
}

/** "(an integer >= 1)" of our own parsers, or the choices that commander lists. */
function expectedValue(message: string): string {
  const own = /is invalid\. (\(.*\))$/.exec(message)?.[1];
  const choices = /Allowed choices are (.*)\.$/.exec(message)?.[1];
  return own ?? (choices === undefined ? "" : `(${choices})`);
}
