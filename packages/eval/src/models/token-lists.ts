/** How many tokens all lists begin with alike. */
export function commonPrefixLength(lists: readonly (readonly number[])[]): number {
  const [first = [], ...others] = lists;
  const different = first.findIndex((id, place) => others.some((other) => other[place] !== id));
  const shortest = Math.min(...lists.map(({ length }) => length));
  return different < 0 ? shortest : different;
}

/** Mean negative log-likelihood; 0 where there is no token. */
export function meanLoss(logLikelihood: number, tokens: number): number {
  return tokens === 0 ? 0 : -logLikelihood / tokens;
}

/** The sum of numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
