import { createHash } from "node:crypto";
import {
  AdapterError,
  tokenNames,
  type AdapterInfo,
  type Model,
  type TokenName,
} from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { invalidRequest, notFound } from "../errors/api-error.ts";

/** Stands between the name of a model and that of an adapter. */
const SEPARATOR = ":";

/** Twice the characters of Baichuan2's longest token: a text of more for each token that there is room for cannot fit. */
const MAX_TOKEN_CHARACTERS = 64;

/** A model as it is offered. */
export interface ModelEntry {
  /** What requests name. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly adapter: AdapterInfo | undefined;
}

/** Which of the offered models a request means. */
export interface ChosenModel {
  readonly id: string;
  /** Name of its adapter; undefined: none, or the one that the model was loaded with. */
  readonly adapter: string | undefined;
}

/** A loaded model under the name that requests use, and its adapters as models of their own: `name:adapter`. */
export class ServedModel {
  readonly name: string;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  /** Names the tokens of answers. */
  readonly nameToken: (tokenId: number) => TokenName;
  /** Changes where the same seed may give another answer. */
  readonly fingerprint: string;
  readonly #created = seconds();
  readonly #adapterCreated = new Map<string, number>();

  /**
   * @param version - Of the program.
   * @throws {Error} for a model without a tokenizer.
   */
  constructor(model: Model, name: string, version = "") {
    if (!model.tokenizer)
      throw new Error(`${model.path}: expected a tokenizer.model, got none (a server takes text)`);
    this.model = model;
    this.name = name;
    this.tokenizer = model.tokenizer;
    this.nameToken = tokenNames(model);
    const facts = JSON.stringify([name, model.config, model.dtype, version]);
    this.fingerprint = `fp_${createHash("sha256").update(facts).digest("hex").slice(0, 12)}`;
  }

  /**
   * Refuses a text that cannot fit, before the time for its tokens is spent.
   *
   * @param contexts - What it has to fit into: a chat one context, a text whatever the engine holds.
   * @throws {ApiError} 400.
   */
  checkLength(text: string, param: string, contexts = 1): void {
    const tokens = contexts * this.model.config.modelMaxLength;
    if (text.length <= MAX_TOKEN_CHARACTERS * tokens) return;
    throw invalidRequest(
      `${param}: expected at most ${tokens} tokens, got ${text.length} characters (shorten it)`,
      { param, code: "context_length_exceeded" },
    );
  }

  /** The model itself, and one for each adapter. */
  get entries(): readonly ModelEntry[] {
    const base = { id: this.name, created: this.#created, adapter: undefined };
    return [base, ...this.model.adapters.map((adapter) => this.#entryOf(adapter))];
  }

  /** @throws {ApiError} 404 if nothing has the name. */
  entry(id: string): ModelEntry {
    const found = this.entries.find((entry) => entry.id === id);
    if (found) return found;
    const names = this.entries.map((entry) => `"${entry.id}"`).slice(0, 20);
    throw notFound(
      `model: expected one of ${names.join(", ")}, got ${JSON.stringify(id.slice(0, 200))}`,
      {
        param: "model",
        code: "model_not_found",
      },
    );
  }

  /** @throws {ApiError} 404 if nothing has the name. */
  choose(id: string): ChosenModel {
    const { adapter } = this.entry(id);
    return { id, adapter: adapter?.name };
  }

  /**
   * Loads an adapter; requests may name it then.
   *
   * @throws {ApiError} 400 for a name that could not be named in a request, or files that cannot be read.
   * @throws {AdapterError} if it cannot be used.
   */
  async loadAdapter(name: string, path: string, signal?: AbortSignal): Promise<ModelEntry> {
    if (name === "" || name.includes(SEPARATOR))
      throw invalidRequest(
        `lora_name: expected a name without "${SEPARATOR}", got ${JSON.stringify(name)}`,
        {
          param: "lora_name",
        },
      );
    const info = await this.model
      .loadAdapter(name, path, signal ? { signal } : {})
      .catch((error: unknown) => refuseUnreadable(error));
    this.#adapterCreated.set(name, seconds());
    return this.#entryOf(info);
  }

  /** @throws {AdapterError} if none has the name. */
  async unloadAdapter(name: string): Promise<void> {
    await this.model.unloadAdapter(name);
    this.#adapterCreated.delete(name);
  }

  /** Whether adapters can be loaded: a network takes them from the start, or never. */
  async takesAdapters(): Promise<boolean> {
    try {
      await this.model.unloadAdapter(SEPARATOR); // which no adapter is called here
      return true;
    } catch (error) {
      return !(error instanceof AdapterError && error.problem === "not-enabled");
    }
  }

  #entryOf(adapter: AdapterInfo): ModelEntry {
    const id = `${this.name}${SEPARATOR}${adapter.name}`;
    return { id, created: this.#adapterCreated.get(adapter.name) ?? this.#created, adapter };
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** What is wrong with files that a request names. */
const FILE_ERRORS: ReadonlySet<unknown> = new Set(["ERR_CHECKPOINT", "ERR_UNSUPPORTED"]);

/** The request says which files are read: it is to blame for what is wrong with them. */
function refuseUnreadable(error: unknown): never {
  if (!(error instanceof Error && "code" in error && FILE_ERRORS.has(error.code))) throw error;
  const { message } = error;
  throw invalidRequest(message, { param: "lora_path", code: "adapter_unreadable", cause: error });
}
