const DONE = "data: [DONE]\n\n";

/** Nothing came at once. */
const NOTHING = Symbol("nothing");

/** Events as text, all that are there at once in one piece. */
export class EventPieces {
  readonly #events: AsyncIterator<object>;
  readonly #describe: (error: unknown) => object;
  #pending: Promise<IteratorResult<object>> | undefined;
  #isAsked = false;
  #wasSilent = false;
  isOver = false;

  constructor(events: AsyncIterator<object>, describe: (error: unknown) => object) {
    this.#events = events;
    this.#describe = describe;
  }

  /** Whether somebody waits, and has waited already when this was last asked. */
  get isSilent(): boolean {
    const isSilent = this.#isAsked && this.#wasSilent;
    this.#wasSilent = this.#isAsked;
    return isSilent;
  }

  async next(): Promise<string> {
    this.#isAsked = true;
    this.#pending ??= this.#events.next();
    let text = "";
    try {
      for (let next = await this.#pending; ;) {
        if (next.done) return this.#last(text + DONE);
        text += dataOf(next.value);
        this.#pending = this.#events.next();
        const soon = await atOnce(this.#pending);
        if (soon === NOTHING) return text;
        next = soon;
      }
    } catch (error) {
      return this.#last(text + dataOf(this.#describe(error)));
    } finally {
      this.#isAsked = this.#wasSilent = false;
    }
  }

  async cancel(): Promise<void> {
    // It may wait for the model: that is being told, and nobody waits for it here.
    void this.#pending?.catch(() => {});
    await this.#events.return?.();
  }

  #last(text: string): string {
    this.isOver = true;
    return text;
  }
}

/** What a promise resolves to without waiting for anything outside. */
function atOnce<Result>(promise: Promise<Result>): Promise<Result | typeof NOTHING> {
  const nothing = new Promise<typeof NOTHING>((resolve) => setImmediate(resolve, NOTHING));
  return Promise.race([promise, nothing]);
}

function dataOf(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
