/** Reads a generator to its end. @returns its return value. */
export async function drain<Result>(source: AsyncGenerator<unknown, Result>): Promise<Result> {
  for (;;) {
    const next = await source.next();
    if (next.done) return next.value;
  }
}
