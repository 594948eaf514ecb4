import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SentencePieceProcessor } from "sentencepiece-js";
import { TokenizerError } from "../tokenizer-error.ts";

/**
 * Longest text given to the WASM code, whose memory grows to 90 times the text and does not shrink: about
 * 0.4 GB at this limit. At 28 MB the instance aborts.
 */
export const MAX_TEXT_BYTES = 4 * 2 ** 20;

/** Events on which the WASM glue installs listeners that rethrow whatever the host would have handled. */
const HOST_EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/** `function(ex){if(!(ex instanceof ExitStatus)){throw ex}}` and `function(reason){throw reason}`. */
const GLUE_LISTENER =
  /^function\s*\((\w+)\)\s*\{\s*(if\s*\(!\(\1 instanceof ExitStatus\)\)\s*\{)?\s*throw \1;?\s*\}/;

/** One WASM instance of sentencepiece-js with a model loaded; only encodes. */
export class WasmEngine {
  readonly #processor: SentencePieceProcessor;

  private constructor(processor: SentencePieceProcessor) {
    this.#processor = processor;
  }

  /** @throws {TokenizerError} if sentencepiece-js is not installed or refuses the model. */
  static async load(model: Uint8Array): Promise<WasmEngine> {
    const processor = await createProcessor();
    const folder = await mkdtemp(join(tmpdir(), "baichuan2-tokenizer-"));
    try {
      const path = join(folder, "tokenizer.model");
      await writeFile(path, model, { mode: 0o600 });
      await withoutGlueListeners(() => processor.load(path));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const engine = new WasmEngine(processor);
    engine.#checkLoaded();
    return engine;
  }

  /** The status of loading is thrown away; a processor without a model encodes everything to nothing. */
  #checkLoaded(): void {
    if (this.encode("a").length > 0) return;
    throw new TokenizerError({
      where: "createSentencePieceTokenizer",
      expected: "a model that sentencepiece-js loads",
      actual: "one it refuses without a word",
      hint: "the file is damaged; download it again",
    });
  }

  /**
   * @param text - Well-formed UTF-16, not longer than {@link MAX_TEXT_BYTES} in UTF-8.
   * @throws {TokenizerError} if the text is longer, or the WASM code fails.
   */
  encode(text: string): number[] {
    const size = Buffer.byteLength(text);
    if (size > MAX_TEXT_BYTES)
      throw new TokenizerError({
        where: "encode",
        expected: `text of at most ${MAX_TEXT_BYTES} bytes in UTF-8`,
        actual: `${size}`,
        hint: "encode it in parts, at line ends",
      });
    try {
      return this.#processor.encodeIds(text);
    } catch (cause) {
      throw new TokenizerError({
        where: "encode",
        expected: "sentencepiece-js to encode the text",
        actual: String(cause),
        hint: "create a new tokenizer: the WASM instance may be out of memory",
        cause,
      });
    }
  }
}

async function createProcessor(): Promise<SentencePieceProcessor> {
  try {
    const { default: module } = await import("sentencepiece-js");
    return new module.SentencePieceProcessor();
  } catch (cause) {
    throw new TokenizerError({
      where: "createSentencePieceTokenizer",
      expected: "the optional package sentencepiece-js",
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: "npm install sentencepiece-js@1",
      cause,
    });
  }
}

/**
 * Runs an action and takes away the process listeners that the WASM glue has added meanwhile: with them
 * every error the host would handle or report itself is thrown again from inside the glue. They are told
 * from listeners that others may add in the same moments by their source.
 */
async function withoutGlueListeners(action: () => Promise<void>): Promise<void> {
  const before = HOST_EVENTS.map((event) => new Set<unknown>(process.rawListeners(event)));
  try {
    await action();
  } finally {
    HOST_EVENTS.forEach((event, i) => {
      for (const listener of process.rawListeners(event))
        if (!before[i]?.has(listener) && GLUE_LISTENER.test(String(listener)))
          process.off(event, listener as Parameters<typeof process.off>[1]);
    });
  }
}
