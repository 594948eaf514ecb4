import { InvalidArgumentError, Option, type Command } from "commander";
import { parseWhole, type EngineFlags } from "../engine-options.ts";
import type { Translate } from "../messages/translate.ts";
import type { ModelFlags } from "../model-options.ts";
import { parseCount } from "../sampling-options.ts";

/** What the flags of `baichuan2 serve` leave. */
export interface ServeFlags extends ModelFlags, EngineFlags {
  readonly bundled?: boolean;
  readonly servedModelName?: string;
  readonly host: string;
  readonly port: number;
  readonly socket?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly apiKeyFile?: string;
  readonly allowAnybody?: boolean;
  readonly strict?: boolean;
  readonly corsOrigin?: readonly string[];
  readonly maxWaiting?: number;
  readonly rateLimitRequests?: number;
  readonly rateLimitTokens?: number;
  /** Seconds. */
  readonly requestTimeout?: number;
  readonly pingInterval?: number;
  readonly shutdownTimeout: number;
  /** MiB. */
  readonly bodyLimit?: number;
  readonly lora?: readonly string[];
  readonly dataDir?: string;
  readonly logLevel: string;
  readonly logPrompts?: boolean;
  readonly otlpEndpoint?: string;
  readonly json?: boolean;
}

const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"];

/** Adds the flags that say where a server listens, whom it lets in, and what it tells. */
export function addServeFlags(command: Command, t: Translate): Command {
  addAccessFlags(addListenFlags(command, t), t);
  return command
    .option("--bundled", t("option.bundled"))
    .option("--served-model-name <name>", t("option.servedModelName"))
    .option("--lora <name=dir...>", t("option.lora"))
    .option("--data-dir <dir>", t("option.dataDir"))
    .option("--strict", t("option.strict"))
    .addOption(
      new Option("--log-level <level>", t("option.logLevel")).choices(LOG_LEVELS).default("info"),
    )
    .option("--log-prompts", t("option.logPrompts"))
    .addOption(
      new Option("--otlp-endpoint <url>", t("option.otlpEndpoint")).env(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      ),
    )
    .option("--json", t("option.serveJson"));
}

function addListenFlags(command: Command, t: Translate): Command {
  return command
    .addOption(new Option("--host <address>", t("option.host")).default("127.0.0.1"))
    .addOption(new Option("--port <n>", t("option.port")).default(8000).argParser(parsePort))
    .option("--socket <path>", t("option.socket"))
    .option("--tls-cert <file>", t("option.tlsCert"))
    .option("--tls-key <file>", t("option.tlsKey"))
    .option("--request-timeout <seconds>", t("option.requestTimeout"), parseCount)
    .option("--ping-interval <seconds>", t("option.pingInterval"), parseCount)
    .option("--body-limit <MiB>", t("option.bodyLimit"), parseCount)
    .addOption(
      new Option("--shutdown-timeout <seconds>", t("option.shutdownTimeout"))
        .default(30)
        .argParser(parseCount),
    );
}

function addAccessFlags(command: Command, t: Translate): Command {
  return command
    .option("--api-key-file <file>", t("option.apiKeyFile"))
    .option("--allow-anybody", t("option.allowAnybody"))
    .option("--cors-origin <origin...>", t("option.corsOrigin"))
    .option("--max-waiting <n>", t("option.maxWaiting"), parseCount)
    .option("--rate-limit-requests <n>", t("option.rateLimitRequests"), parseCount)
    .option("--rate-limit-tokens <n>", t("option.rateLimitTokens"), parseCount);
}

/** @throws {InvalidArgumentError} for what is no port; 0 is any that is free. */
function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > 65_535) throw new InvalidArgumentError("(0 to 65535)");
  return port;
}
