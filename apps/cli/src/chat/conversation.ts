import type { ChatMessage, GenerateOptions, Model } from "@baichuan2/model";

/** The part of a model that a conversation needs. */
export type ChatModel = Pick<Model, "chatStream">;

/** Messages so far, and the model that answers them. */
export class Conversation {
  readonly #model: ChatModel;
  readonly #options: GenerateOptions;
  readonly #system: readonly ChatMessage[];
  #messages: ChatMessage[] = [];

  constructor(model: ChatModel, options: GenerateOptions = {}, system?: string) {
    this.#model = model;
    this.#options = options;
    this.#system = system === undefined ? [] : [{ role: "system", content: system }];
  }

  /** System message, questions and answers. */
  get messages(): readonly ChatMessage[] {
    return [...this.#system, ...this.#messages];
  }

  /** Forgets everything but the system message. */
  clear(): void {
    this.#messages = [];
  }

  /**
   * Says something and streams the answer.
   *
   * What came before an abort stays part of the conversation; a question without any answer does not.
   */
  async *say(content: string, signal: AbortSignal): AsyncGenerator<string> {
    const question: ChatMessage = { role: "user", content };
    let answer = "";
    try {
      const messages = [...this.messages, question];
      for await (const text of this.#model.chatStream(messages, { ...this.#options, signal })) {
        answer += text;
        yield text;
      }
    } finally {
      if (answer !== "") this.#messages.push(question, { role: "assistant", content: answer });
    }
  }
}
