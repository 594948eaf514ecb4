import { readFile } from "node:fs/promises";
import {
  parseApiKeys,
  readApiKeys,
  type ApiKey,
  type ListenOptions,
  type ServerSettings,
} from "@baichuan2/server";
import { UsageError } from "../exit-codes.ts";
import type { Cli } from "../io.ts";
import type { ServeFlags } from "./serve-flags.ts";

/** Keys, as in a file, for programs that set the environment. */
const KEYS_VARIABLE = "BAICHUAN2_API_KEYS";

/**
 * What the flags say to the server.
 *
 * @throws {UsageError} for keys that cannot be read.
 */
export async function serverSettings(
  cli: Cli,
  flags: ServeFlags,
): Promise<Partial<ServerSettings>> {
  return defined({
    isStrict: flags.strict,
    apiKeys: await apiKeys(cli, flags),
    corsOrigins: flags.corsOrigin,
    rateLimit: {
      requestsPerMinute: flags.rateLimitRequests,
      tokensPerMinute: flags.rateLimitTokens,
    },
    bodyLimitBytes: flags.bodyLimit && flags.bodyLimit * 2 ** 20,
    requestTimeoutMs: flags.requestTimeout && flags.requestTimeout * 1000,
    pingIntervalMs: flags.pingInterval && flags.pingInterval * 1000,
    maxSequences: flags.maxSequences,
    maxWaiting: flags.maxWaiting,
    logsPrompts: flags.logPrompts,
    dataDir: flags.dataDir,
  });
}

/**
 * Where the flags say to listen.
 *
 * @throws {UsageError} for a certificate without its key.
 */
export async function listenOptions({ t }: Cli, flags: ServeFlags): Promise<ListenOptions> {
  const { host, port, socket, tlsCert, tlsKey, allowAnybody } = flags;
  const where = { host, port, socket, allowsAnybody: allowAnybody };
  if (tlsCert === undefined && tlsKey === undefined) return where;
  if (tlsCert === undefined || tlsKey === undefined) throw new UsageError(t("error.tlsBoth"));
  const [cert, key] = await Promise.all([readFile(tlsCert, "utf8"), readFile(tlsKey, "utf8")]);
  return { ...where, tls: { cert, key } };
}

async function apiKeys({ io }: Cli, { apiKeyFile }: ServeFlags): Promise<readonly ApiKey[]> {
  try {
    const fromFile = apiKeyFile === undefined ? [] : await readApiKeys(apiKeyFile);
    return [...fromFile, ...parseApiKeys(io.env[KEYS_VARIABLE] ?? "", KEYS_VARIABLE)];
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** What is given: the rest has its default. */
function defined<Options extends object>(
  options: Options,
): { [Key in keyof Options]: NonNullable<Options[Key]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Options]: NonNullable<Options[Key]> };
}
