import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TrainingArguments, TrainingCallback } from "@baichuan2/finetune";
import { UsageError } from "../exit-codes.ts";
import type { Cli } from "../io.ts";

/**
 * Callbacks of modules: the default export of each, or what it returns for the arguments where it is a function. One without a
 * name is called as its file.
 *
 * @throws {UsageError} if a module cannot be loaded, or gives no callback.
 */
export async function loadCallbacks(
  cli: Cli,
  files: readonly string[],
  args: TrainingArguments,
): Promise<TrainingCallback[]> {
  const callbacks: TrainingCallback[] = [];
  for (const file of files) callbacks.push(await loadCallback(cli, file, args));
  return callbacks;
}

async function loadCallback(
  { t }: Cli,
  path: string,
  args: TrainingArguments,
): Promise<TrainingCallback> {
  const refuse = (reason: string, options?: ErrorOptions): UsageError =>
    new UsageError(t("error.callbackFile", { path, reason }), options);
  let given: unknown;
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    given = module.default;
    if (typeof given === "function") given = (await given(args)) as unknown;
  } catch (cause) {
    throw refuse(String(cause), { cause });
  }
  if (!isCallback(given)) throw refuse(given === undefined ? "none" : typeof given);
  const { name = basename(path) } = given;
  return { name, onEvent: (event) => given.onEvent(event), onEnd: (end) => given.onEnd?.(end) };
}

type NamelessCallback = Omit<TrainingCallback, "name"> & { readonly name?: string };

function isCallback(given: unknown): given is NamelessCallback {
  return (
    typeof given === "object" &&
    given !== null &&
    "onEvent" in given &&
    typeof given.onEvent === "function"
  );
}
