/** Requests of one call that the engine has at a time: enough to fill its runs, few enough to leave room for others. */
const MAX_AT_ONCE = 64;

/** What the requests of one call have in common. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Names their list; default a new one. */
  readonly list?: number | undefined;
  /** Name of the adapter; undefined: none. */
  readonly adapter?: string | undefined;
}

let lists = 0;

/**
 * Asks for all items, some at a time, in order; the first failure ends the rest.
 *
 * @param options.signal - Ends all of them.
 * @throws what the first that failed threw.
 */
export async function together<Item, Options extends CallOptions, Result>(
  items: readonly Item[],
  options: Options,
  ask: (item: Item, options: Options & CallOptions) => Promise<Result>,
): Promise<Result[]> {
  const failure = new AbortController();
  const signals = [failure.signal, ...(options.signal ? [options.signal] : [])];
  const list = options.list ?? lists++;
  const some = { ...options, list, signal: AbortSignal.any(signals) };
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await ask(items[index] as Item, some);
    }
  };
  const workers = Array.from({ length: Math.min(MAX_AT_ONCE, items.length) }, work);
  try {
    await Promise.all(workers);
    return results;
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
}

/** Whether several were given. */
export function isList<Item>(items: Item | readonly Item[]): items is readonly Item[] {
  return Array.isArray(items);
}
