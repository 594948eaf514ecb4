/**
 * A promise that an abort ends early; what it stood for goes on unheard.
 *
 * @throws the signal's reason when it aborts.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const { promise: settled, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  promise.then(resolve, reject);
  return settled.finally(() => signal.removeEventListener("abort", onAbort));
}

/**
 * Items of a source until a signal aborts, also while the source makes the caller wait.
 *
 * @throws the signal's reason when it aborts.
 */
export async function* itemsUntilAborted<T>(
  items: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let isDone: boolean | undefined = false;
  try {
    while (!isDone) {
      signal.throwIfAborted();
      const next = await untilAborted(Promise.resolve(iterator.next()), signal);
      isDone = next.done;
      if (!next.done) yield next.value;
    }
  } finally {
    // Not awaited: a generator ends only after the item it is at, which may never come.
    if (!isDone) Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
