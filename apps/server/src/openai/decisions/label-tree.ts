/** What has to be asked of a model to know how likely some labels are. */
export interface LabelStep {
  /** Tokens behind the prompt. */
  readonly prefix: readonly number[];
  /** Labels that go on with one of these tokens, by their numbers. */
  readonly next: readonly { readonly label: number; readonly tokenId: number }[];
}

/**
 * Labels begin alike: a hundred two-letter ones are asked for with eleven rows of logits, one behind the prompt and one behind
 * each first letter.
 *
 * @param labels - Tokens of each.
 */
export function labelSteps(labels: readonly (readonly number[])[]): LabelStep[] {
  const steps = new Map<string, { prefix: number[]; next: { label: number; tokenId: number }[] }>();
  for (const [label, tokenIds] of labels.entries())
    for (const [place, tokenId] of tokenIds.entries()) {
      const prefix = tokenIds.slice(0, place);
      const key = prefix.join(",");
      const step = steps.get(key) ?? { prefix, next: [] };
      steps.set(key, step);
      step.next.push({ label, tokenId });
    }
  return [...steps.values()];
}
