import { once } from "node:events";
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import type { Model } from "@baichuan2/model";
import { createServer, listen, startTracing, type ListeningServer } from "@baichuan2/server";
import { pino } from "pino";
import { bundledModel } from "../bundled-model.ts";
import { addEngineOptions } from "../engine-options.ts";
import { UsageError } from "../exit-codes.ts";
import { note, write, type Cli } from "../io.ts";
import { addModelOptions, openModel } from "../model-options.ts";
import { programVersion } from "../program-version.ts";
import { addServeFlags, type ServeFlags } from "../serve/serve-flags.ts";
import { listenOptions, serverSettings } from "../serve/server-settings.ts";
import { toJsonLine } from "../to-json-line.ts";

/** `baichuan2 serve`: answers as OpenAI's API does, until it is told to end. */
export function addServeCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program.command("serve").description(t("command.serve"));
  addServeFlags(addEngineOptions(addModelOptions(command, t), t), t).action((flags: ServeFlags) =>
    serve(cli, flags),
  );
}

async function serve(cli: Cli, given: ServeFlags): Promise<void> {
  const { io, t } = cli;
  const flags = await withBundled(cli, given);
  // Before the model: what is wrong with the flags is told at once.
  const adapters = adaptersOf(cli, flags);
  const settings = await serverSettings(cli, flags);
  const where = await listenOptions(cli, flags, settings);
  const version = programVersion();
  const logger = pino({ level: flags.logLevel }, io.stderr);
  await using tracing =
    flags.otlpEndpoint === undefined
      ? undefined
      : await startTracing({ url: flags.otlpEndpoint, version });
  await using model = await openModel(cli, flags, { adapters });
  await using server = await createServer({
    ...settings,
    model,
    modelName: nameOf(flags),
    logger,
    tracer: tracing?.tracer,
    version,
  });
  const listening = await listen(server, where);
  await tellUrl(cli, flags, { model, listening });
  if (!io.signal.aborted) await once(io.signal, "abort");
  note(io, t("serve.closing"));
  await listening.close(flags.shutdownTimeout * 1000);
}

async function tellUrl(
  { io, t }: Cli,
  flags: ServeFlags,
  { model, listening: { url } }: { readonly model: Model; readonly listening: ListeningServer },
): Promise<void> {
  const name = nameOf(flags);
  if (flags.json) return write(io.stdout, toJsonLine({ url, model: name, dtype: model.dtype }));
  await write(io.stdout, `${url}\n`);
  note(io, t("serve.ready", { url, model: name }));
}

async function withBundled(cli: Cli, flags: ServeFlags): Promise<ServeFlags> {
  if (!flags.bundled) return flags;
  if (flags.model !== undefined) throw new UsageError(cli.t("error.bundledAndModel"));
  return {
    ...flags,
    model: await bundledModel(cli),
    servedModelName: flags.servedModelName ?? "tiny-chat",
  };
}

function nameOf({ servedModelName, model = "" }: ServeFlags): string {
  return servedModelName ?? basename(resolve(model));
}

/** `name=dir` of each; none is a model that takes adapters later. */
function adaptersOf({ t }: Cli, { lora = [] }: ServeFlags): Record<string, string> {
  const pairs = lora.map((text) => {
    const [, name, directory] = /^([^=:]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || directory === undefined)
      throw new UsageError(t("error.loraForm", { text }));
    return [name, directory] as const;
  });
  return Object.fromEntries(pairs);
}
