/**
 * The words of WMT's mteval-v13a, which is made for Western languages: only ASCII punctuation stands apart.
 *
 * @returns words with white space between them.
 * @see sacrebleu/tokenizers/tokenizer_13a.py at 2.6.0
 */
export function tokenize13a(line: string): string {
  const plain = line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return separatePunctuation(` ${plain} `);
}

/**
 * Puts spaces around ASCII punctuation; full stops and commas between digits stay, a dash goes only behind a digit.
 *
 * @see sacrebleu/tokenizers/tokenizer_re.py at 2.6.0
 */
export function separatePunctuation(line: string): string {
  return line
    .replace(/([{-~[-` -&(-+:-@/])/g, " $1 ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/g, "$1 $2 ");
}
