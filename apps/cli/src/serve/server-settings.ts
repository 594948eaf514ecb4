import { readFile } from "node:fs/promises";
import {
  checkListen,
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
    corsOrigins: flags.corsOrigin?.map((origin) => checkedOrigin(cli, origin)),
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
 * @throws {UsageError} for a certificate without its key, or what others could reach without one of the API's.
 */
export async function listenOptions(
  cli: Cli,
  flags: ServeFlags,
  { apiKeys: keys = [] }: Partial<ServerSettings>,
): Promise<ListenOptions> {
  const { host, port, socket, allowAnybody } = flags;
  const where = { host, port, socket, allowsAnybody: allowAnybody, tls: await tlsOf(cli, flags) };
  try {
    checkListen({ apiKeys: keys }, where);
    return where;
  } catch (error) {
    const isTls = error instanceof Error && "code" in error;
    const { t } = cli;
    throw new UsageError(
      isTls ? t("error.tlsPem", { reason: error.message }) : t("error.needsKey", { host }),
      {
        cause: error,
      },
    );
  }
}

async function tlsOf({ t }: Cli, { tlsCert, tlsKey }: ServeFlags): Promise<ListenOptions["tls"]> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new UsageError(t("error.tlsBoth"));
  try {
    const [cert, key] = await Promise.all([readFile(tlsCert, "utf8"), readFile(tlsKey, "utf8")]);
    return { cert, key };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(t("error.tlsPem", { reason }), { cause: error });
  }
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

/** Browsers send origins in one form; another one would never match. */
function checkedOrigin({ t }: Cli, origin: string): string {
  if (URL.parse(origin)?.origin === origin) return origin;
  throw new UsageError(t("error.corsOrigin", { origin }));
}
