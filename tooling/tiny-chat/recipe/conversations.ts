import { Draws } from "./draws.ts";
import { CATEGORIES, plainText, type Category, type Exchange, type Question } from "./question.ts";
import { varied } from "./variation.ts";

/** A row of the training data, as belle has it. */
export interface Conversation {
  readonly conversations: readonly { readonly from: "human" | "gpt"; readonly value: string }[];
}

/** Share of each kind of question. */
const shares: Record<Category, number> = {
  written: 0.44,
  arithmetic: 0.28,
  translation: 0.12,
  median: 0.11,
  cage: 0.05,
};

/** Of ten conversations five have one turn, two have two; three, four and five turns have one each. */
const TURNS = [5, 2, 1, 1, 1];

/**
 * Conversations of one to five turns, put together from the paraphrases that are seen. Each kind of question is gone through in
 * an order of its own, all of it before anything comes again.
 *
 * @param count - Conversations.
 */
export function conversations(
  questions: readonly Question[],
  { count, seed }: { readonly count: number; readonly seed: number },
): Conversation[] {
  const draws = new Draws(seed, 1);
  const heldOut = new Set(
    questions.flatMap(({ unseen }) => unseen.map(({ question }) => plainText(question))),
  );
  const decks = CATEGORIES.map((category) => {
    const own = questions.filter((question) => question.category === category);
    return new Deck(
      own.flatMap(({ seen }) => seen),
      draws,
    );
  });
  const weights = CATEGORIES.map((category) => shares[category]);
  const exchange = (): Exchange => {
    const deck = decks[draws.weighted(weights)] as Deck;
    const { question, answer } = deck.next();
    const other = varied(question, draws);
    return { question: heldOut.has(plainText(other)) ? question : other, answer };
  };
  return Array.from({ length: count }, () =>
    conversation(Array.from({ length: 1 + draws.weighted(TURNS) }, exchange)),
  );
}

function conversation(exchanges: readonly Exchange[]): Conversation {
  return {
    conversations: exchanges.flatMap(({ question, answer }) => [
      { from: "human" as const, value: question },
      { from: "gpt" as const, value: answer },
    ]),
  };
}

/** Exchanges in an order that changes each time that all have come. */
class Deck {
  readonly #exchanges: readonly Exchange[];
  readonly #draws: Draws;
  #rest: Exchange[] = [];

  constructor(exchanges: readonly Exchange[], draws: Draws) {
    this.#exchanges = exchanges;
    this.#draws = draws;
  }

  next(): Exchange {
    if (this.#rest.length === 0) this.#rest = this.#draws.shuffled(this.#exchanges);
    return this.#rest.pop() as Exchange;
  }
}
