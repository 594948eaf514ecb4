/** Requests of one call that the engine has at a time: enough to fill its runs, few enough to leave room for others. */
const MAX_AT_ONCE = 64;

/**
 * Asks for all items, some at a time, in order; the first failure ends the rest.
 *
 * @param options.signal - Ends all of them.
 * @throws what the first that failed threw.
 */
export async function together<
  Item,
  Options extends { readonly signal?: AbortSignal | undefined },
  Result,
>(
  items: readonly Item[],
  options: Options,
  ask: (item: Item, options: Options) => Promise<Result>,
): Promise<Result[]> {
  const failure = new AbortController();
  const signals = [failure.signal, ...(options.signal ? [options.signal] : [])];
  const some = { ...options, signal: AbortSignal.any(signals) };
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
