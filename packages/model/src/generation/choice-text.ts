import type { StreamingDecoder, Tokenizer } from "@baichuan2/tokenizer";
import type { FinishReason, TokensEvent } from "../engine/protocol.ts";
import { createStopMatcher, type StopMatcher } from "../sampling/stop-matcher.ts";
import type { TokenLogprob } from "../sampling/token-logprobs.ts";

/** A piece of a generation: new ids and the text they made certain (either may be empty). */
export interface GenerationDelta {
  readonly tokenIds: readonly number[];
  readonly text: string;
  /** Which of the `n` texts it belongs to, from 0. */
  readonly choice: number;
  /** One per id, where they were asked for. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  /** In the first piece of all, with no id and no text: one per token of the prompt but the first, where they were asked for. */
  readonly promptLogprobs?: readonly TokenLogprob[] | undefined;
  /** In the last piece of a text: why it ended. */
  readonly finishReason?: FinishReason | undefined;
}

/** One of the texts of a generation. */
export interface GenerationChoice {
  /** New ids, the end-of-sequence id included where the model gave one. */
  readonly tokenIds: readonly number[];
  /** Their text without special tokens and stop string; undefined without a tokenizer. */
  readonly text: string | undefined;
  readonly finishReason: FinishReason;
  /** One per id, where they were asked for. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

/** What ids are turned into text with. */
export interface ChoiceTextOptions {
  /** Without one there is no text and no stop string. */
  readonly tokenizer?: Tokenizer | undefined;
  readonly stop: readonly string[];
  /** Ids that end the text and are not part of it. */
  readonly eosTokenIds: readonly number[];
  readonly hasLogprobs: boolean;
}

/** Turns the ids of one text into pieces of it: decodes, watches for stop strings, ends at the first one. */
export class ChoiceText {
  readonly choice: number;
  readonly #options: ChoiceTextOptions;
  readonly #decoder: StreamingDecoder | undefined;
  readonly #matcher: StopMatcher;
  readonly #tokenIds: number[] = [];
  readonly #logprobs: TokenLogprob[] = [];
  #text = "";
  #finishReason: FinishReason | undefined;

  constructor(choice: number, options: ChoiceTextOptions) {
    this.choice = choice;
    this.#options = options;
    this.#decoder = options.tokenizer?.createDecoder({ skipSpecialTokens: true });
    this.#matcher = createStopMatcher(options.stop);
  }

  get isEnded(): boolean {
    return this.#finishReason !== undefined;
  }

  get tokenIds(): readonly number[] {
    return this.#tokenIds;
  }

  /** Takes new ids; those after a stop string are dropped. */
  push({ tokenIds, logprobs }: Pick<TokensEvent, "tokenIds" | "logprobs">): GenerationDelta {
    let [text, count] = ["", 0];
    for (const tokenId of tokenIds) {
      count += 1;
      const isEnd = this.#options.eosTokenIds.includes(tokenId);
      text += this.#matcher.push(isEnd ? "" : (this.#decoder?.push(tokenId) ?? ""));
      if (this.#matcher.matched === undefined) continue;
      this.#finishReason = "stop";
      break;
    }
    return this.#add(tokenIds.slice(0, count), text, logprobs?.slice(0, count));
  }

  /** The engine has ended the text: what was held back comes out. */
  finish(reason: FinishReason): GenerationDelta {
    const text = this.#matcher.push(this.#decoder?.flush() ?? "") + this.#matcher.flush();
    this.#finishReason = this.#matcher.matched === undefined ? reason : "stop";
    return this.#add([], text, []);
  }

  /** All of it; once it has ended. */
  get result(): GenerationChoice {
    return {
      tokenIds: this.#tokenIds,
      text: this.#options.tokenizer && this.#text,
      finishReason: this.#finishReason ?? "length",
      ...(this.#options.hasLogprobs ? { logprobs: this.#logprobs } : {}),
    };
  }

  #add(
    tokenIds: readonly number[],
    text: string,
    logprobs: readonly TokenLogprob[] = [],
  ): GenerationDelta {
    this.#tokenIds.push(...tokenIds);
    this.#logprobs.push(...logprobs);
    this.#text += text;
    const { choice } = this;
    const told = this.#options.hasLogprobs ? { logprobs } : {};
    const end = this.#finishReason ? { finishReason: this.#finishReason } : {};
    return { tokenIds, text, choice, ...told, ...end };
  }
}
