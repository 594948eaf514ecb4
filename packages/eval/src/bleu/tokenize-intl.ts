/**
 * The words of mteval-v14 with `--international-tokenization`: punctuation of all scripts stands apart unless digits are on
 * both sides of it, and so do symbols. A full stop that ends a line behind a number stays with it, as in the original.
 *
 * @returns words with white space between them.
 * @see sacrebleu/tokenizers/tokenizer_intl.py at 2.6.0
 */
export function tokenizeIntl(line: string): string {
  return line
    .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
    .replace(/(\p{P})(\P{N})/gu, " $1 $2")
    .replace(/(\p{S})/gu, " $1 ");
}
