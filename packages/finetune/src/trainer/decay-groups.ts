/**
 * Whether weight decay applies to a parameter.
 *
 * transformers leaves out biases, of which Baichuan2 has none, and norms that it knows. Baichuan2's own RMSNorm was not known
 * before January 2025 and was decayed.
 *
 * @param decaysNorms - As before 2025.
 * @see https://github.com/huggingface/transformers/pull/35927
 */
export function isDecayed(name: string, decaysNorms: boolean): boolean {
  return decaysNorms || !name.endsWith("norm.weight");
}
