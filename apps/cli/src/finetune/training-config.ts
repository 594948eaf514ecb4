import { readFile } from "node:fs/promises";
import { trainingArgumentsSchema } from "@baichuan2/finetune/arguments";
import { UsageError } from "../exit-codes.ts";
import type { Cli } from "../io.ts";
import type { Translate } from "../messages/translate.ts";
import { nearestName } from "../nearest-name.ts";
import { argumentNames, type GivenArguments } from "./training-options.ts";

/**
 * JSON schema of a configuration file: the arguments, described in the user's language, and `$schema`, which editors look for.
 * Nothing is required, because flags may bring it.
 */
export function configSchema(t: Translate): object {
  const { properties, required: _required, ...schema } = trainingArgumentsSchema();
  const described = argumentNames.map((name) => {
    return [name, { ...properties[name], description: t(`finetune.${name}`) }] as const;
  });
  return {
    ...schema,
    properties: { $schema: { type: "string" }, ...Object.fromEntries(described) },
  };
}

/**
 * Arguments of a configuration file, by their names in snake_case; what is null there is not given.
 *
 * @throws {UsageError} if it cannot be read, is no JSON object, or names what is no argument.
 */
export async function readConfig({ io, t }: Cli, path: string): Promise<GivenArguments> {
  const json = await readJson(path, t, io.signal);
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new UsageError(t("error.configFile", { path, reason: JSON.stringify(json) }));
  const config: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(json)) {
    if (written === "$schema") continue;
    const name = written.replaceAll("-", "_");
    if (!(argumentNames as readonly string[]).includes(name))
      throw new UsageError(unknownKey(path, written, t));
    if (value !== null) config[name] = value;
  }
  return config;
}

async function readJson(path: string, t: Translate, signal: AbortSignal): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, { encoding: "utf8", signal })) as unknown;
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(t("error.configFile", { path, reason }), { cause });
  }
}

function unknownKey(path: string, name: string, t: Translate): string {
  const near = nearestName(name.replaceAll("-", "_"), argumentNames);
  if (near === undefined) return t("error.configKey", { path, name });
  return t("error.configKeyNear", { path, name, near });
}
