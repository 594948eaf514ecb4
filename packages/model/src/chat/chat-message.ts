/** One message of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The messages from one user message up to the next. */
export type Round = readonly ChatMessage[];

/** Splits messages (without the system message) into rounds; assistant messages in front are a round of their own. */
export function splitRounds(messages: readonly ChatMessage[]): Round[] {
  const rounds: ChatMessage[][] = [];
  for (const message of messages) {
    const open = rounds.at(-1);
    if (open && message.role !== "user") open.push(message);
    else rounds.push([message]);
  }
  return rounds;
}
