import { basename } from "node:path";
import type { Command } from "commander";
import { loadModel, type Model } from "@baichuan2/model";
import type { EvalModel } from "@baichuan2/eval";
import { bundledModel } from "../bundled-model.ts";
import { packedCacheDirectory } from "../cache-directory.ts";
import { UsageError } from "../exit-codes.ts";
import type { Cli } from "../io.ts";
import type { Translate } from "../messages/translate.ts";
import {
  addModelOptions,
  openDirectory,
  openTokenizer,
  weightOptions,
  type ModelFlags,
} from "../model-options.ts";
import { createProgress } from "../output/progress.ts";
import { parseCount } from "../sampling-options.ts";

/** What the flags that name what is evaluated leave in a command's options. */
export interface EvalModelFlags extends ModelFlags {
  readonly bundled?: boolean;
  readonly name?: string;
  readonly chat?: boolean;
  readonly deterministic: boolean;
  readonly parallel: number;
  readonly endpoint?: string;
  readonly endpointModel?: string;
  readonly endpointContext?: number;
  readonly plainEndpoint?: boolean;
}

/** Adds the flags that name a model in this process, or behind an address. */
export function addEvalModelOptions(command: Command, t: Translate): Command {
  return addModelOptions(command, t)
    .option("--bundled", t("option.bundled"))
    .option("--name <name>", t("option.evalName"))
    .option("--chat", t("option.evalChat"))
    .option("--parallel <n>", t("option.evalParallel"), parseCount, PARALLEL)
    .option("--no-deterministic", t("option.noDeterministic"))
    .option("--endpoint <url>", t("option.endpoint"))
    .option("--endpoint-model <name>", t("option.endpointModel"))
    .option("--endpoint-context <n>", t("option.endpointContext"), parseCount)
    .option("--plain-endpoint", t("option.plainEndpoint"));
}

const PARALLEL = 32;

/** What is evaluated: known before it is loaded, because data that is wrong is better told of first. */
export interface EvalModelSource {
  readonly name: string;
  readonly fingerprint: string;
  /** Of the checkpoint; undefined behind an address. */
  readonly directory?: string | undefined;
  /** Loads it, with progress on stderr. */
  readonly open: () => Promise<EvalModel>;
}

/** @throws {UsageError} if the flags name no model, or two. */
export async function findEvalModel(cli: Cli, flags: EvalModelFlags): Promise<EvalModelSource> {
  const { t } = cli;
  const named = [flags.endpoint, flags.bundled || undefined].filter((one) => one !== undefined);
  if (named.length > 1) throw new UsageError(t("eval.twoModels"));
  if (flags.bundled && flags.model !== undefined) throw new UsageError(t("eval.twoModels"));
  return flags.endpoint === undefined
    ? ofCheckpoint(cli, flags)
    : ofEndpoint(cli, flags.endpoint, flags);
}

async function ofCheckpoint(cli: Cli, flags: EvalModelFlags): Promise<EvalModelSource> {
  const { checkpointFingerprint, EngineModel } = await import("@baichuan2/eval");
  const directory = flags.bundled ? await bundledModel(cli) : await openDirectory(cli, flags);
  const paths = [directory, flags.adapter, flags.tokenizer].filter((path) => path !== undefined);
  const { dtype, blockSize, exact, quantizeHead, headBits, quantizeEmbeddings } = flags;
  const weights = { dtype, blockSize, exact, quantizeHead, headBits, quantizeEmbeddings };
  const facts = { ...weights, deterministic: flags.deterministic, asChat: flags.chat };
  const fingerprint = await checkpointFingerprint(paths, facts, cli.io.signal);
  const name = flags.name ?? (flags.bundled ? "tiny-chat" : basename(flags.model ?? directory));
  const open = async (): Promise<EvalModel> => {
    const model = await load(cli, directory, flags);
    return owning(new EngineModel(model, { name, fingerprint, asChat: flags.chat }), model);
  };
  return { name, fingerprint, directory, open };
}

async function load(cli: Cli, directory: string, flags: EvalModelFlags): Promise<Model> {
  using progress = createProgress(cli);
  return await loadModel(directory, {
    ...weightOptions(flags),
    threads: flags.threads,
    tokenizer: flags.tokenizer,
    adapter: flags.adapter,
    packedCacheDir: packedCacheDirectory(flags),
    deterministic: flags.deterministic,
    maxSequences: flags.parallel,
    maxWaiting: Number.MAX_SAFE_INTEGER,
    signal: cli.io.signal,
    onProgress: progress.update,
  });
}

/** Disposing of the evaluated model disposes of the loaded one. */
function owning(evaluated: EvalModel, model: Model): EvalModel {
  return Object.assign(evaluated, { [Symbol.asyncDispose]: () => model.dispose() });
}

async function ofEndpoint(
  cli: Cli,
  baseURL: string,
  flags: EvalModelFlags,
): Promise<EvalModelSource> {
  const { io, t } = cli;
  const { EndpointModel } = await import("@baichuan2/eval");
  if (flags.endpointModel === undefined) throw new UsageError(t("eval.noEndpointModel"));
  const hasTokenizer = flags.tokenizer !== undefined || flags.model !== undefined;
  if (flags.endpointContext !== undefined && !hasTokenizer)
    throw new UsageError(t("eval.contextNeedsTokenizer"));
  const evaluated = new EndpointModel({
    baseURL,
    model: flags.endpointModel,
    apiKey: io.env["BAICHUAN2_API_KEY"] ?? io.env["OPENAI_API_KEY"],
    tokenizer: hasTokenizer ? await openTokenizer(cli, flags) : undefined,
    contextLength: flags.endpointContext,
    asChat: flags.chat,
    ...(flags.plainEndpoint && { extraBody: {} }),
  });
  const name = flags.name ?? evaluated.name;
  return { name, fingerprint: evaluated.fingerprint, open: () => Promise.resolve(evaluated) };
}
