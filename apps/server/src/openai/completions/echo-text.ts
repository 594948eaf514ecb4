import type { GenerationChoice, GenerationDelta, TokenLogprob } from "@baichuan2/model";
import type { ServedModel } from "../../engine/served-model.ts";
import type { TextPrompt } from "../prompts.ts";
import { LogprobsWriter, type CompletionLogprobs } from "./completion-logprobs.ts";
import type { CompletionPlan } from "./plan-completion.ts";

/** One of the texts of a completion, or a piece of it. */
export interface CompletionChoice {
  readonly index: number;
  readonly text: string;
  readonly logprobs: CompletionLogprobs | null;
  readonly finish_reason: "stop" | "length" | null;
}

/** Which text of a completion. */
export interface TextPlace {
  /** Of which prompt it is. */
  readonly prompt: number;
  /** Which of its texts, from 0. */
  readonly index: number;
}

/** Writes a text as completions have it, with its prompt in front where that is wanted. */
export class EchoText {
  readonly #plan: CompletionPlan;
  readonly #served: ServedModel;
  readonly #prompt: TextPrompt;
  readonly #index: number;
  readonly #logprobs: LogprobsWriter;
  #isBegun = false;

  constructor(served: ServedModel, plan: CompletionPlan, { prompt, index }: TextPlace) {
    this.#served = served;
    this.#plan = plan;
    this.#prompt = plan.prompts[prompt] ?? { text: "" };
    this.#index = prompt * plan.n + index;
    this.#logprobs = new LogprobsWriter(served);
  }

  /** The text as a whole. */
  whole(prompt: readonly TokenLogprob[] | undefined, choice: GenerationChoice): CompletionChoice {
    const { text = "", finishReason, logprobs } = choice;
    return this.#choice(this.#begin(prompt), { text, finishReason, logprobs });
  }

  /** Its next piece; undefined where nothing is to be told. */
  push(
    { text, finishReason, logprobs }: GenerationDelta,
    prompt: readonly TokenLogprob[] | undefined,
  ): CompletionChoice | undefined {
    const head = this.#begin(prompt);
    const isSilent = text === "" && finishReason === undefined && !logprobs?.length;
    if (isSilent && head.text === "") return undefined;
    return this.#choice(head, { text, finishReason, logprobs });
  }

  /** What stands before the first piece. */
  #begin(prompt: readonly TokenLogprob[] | undefined): Pick<CompletionChoice, "text" | "logprobs"> {
    const isFirst = !this.#isBegun;
    this.#isBegun = true;
    if (!isFirst || !this.#plan.isEchoed) return { text: "", logprobs: null };
    const { tokenizer, model } = this.#served;
    const given = this.#prompt;
    const text = "text" in given ? given.text : tokenizer.decode(given.tokenIds);
    if (!prompt) return { text, logprobs: null };
    return { text, logprobs: this.#logprobs.write(prompt, model.promptIds(given)[0]) };
  }

  #choice(
    head: Pick<CompletionChoice, "text" | "logprobs">,
    piece: Pick<GenerationDelta, "text" | "finishReason" | "logprobs">,
  ): CompletionChoice {
    const { isEchoOnly } = this.#plan;
    const own = isEchoOnly || !piece.logprobs ? null : this.#logprobs.write(piece.logprobs);
    return {
      index: this.#index,
      text: head.text + (isEchoOnly ? "" : piece.text),
      logprobs: joined(head.logprobs, own),
      finish_reason: isEchoOnly && piece.finishReason ? "length" : (piece.finishReason ?? null),
    };
  }
}

function joined(
  a: CompletionLogprobs | null,
  b: CompletionLogprobs | null,
): CompletionLogprobs | null {
  if (!a || !b) return a ?? b;
  return {
    tokens: [...a.tokens, ...b.tokens],
    token_logprobs: [...a.token_logprobs, ...b.token_logprobs],
    top_logprobs: [...a.top_logprobs, ...b.top_logprobs],
    text_offset: [...a.text_offset, ...b.text_offset],
  };
}
