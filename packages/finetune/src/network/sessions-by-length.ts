/** Lengths whose sessions are kept: a session holds on to the memory of its largest run. */
export const KEPT_LENGTHS = 2;

/** Sessions for texts of one length each, made when a length comes; those of the length that was not used for longest go. */
export class SessionsByLength<S> {
  readonly #compile: (length: number) => Promise<S>;
  readonly #dispose: (sessions: S) => Promise<void>;
  readonly #kept = new Map<number, S>();

  constructor(compile: (length: number) => Promise<S>, dispose: (sessions: S) => Promise<void>) {
    this.#compile = compile;
    this.#dispose = dispose;
  }

  async of(length: number): Promise<S> {
    const known = this.#kept.get(length);
    this.#kept.delete(length);
    if (!known) await this.#makeRoom();
    const sessions = known ?? (await this.#compile(length));
    this.#kept.set(length, sessions); // the last one used is the last of the map
    return sessions;
  }

  async dispose(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    for (const sessions of all) await this.#dispose(sessions);
  }

  async #makeRoom(): Promise<void> {
    for (const [length, sessions] of this.#kept) {
      if (this.#kept.size < KEPT_LENGTHS) return;
      this.#kept.delete(length);
      await this.#dispose(sessions);
    }
  }
}
