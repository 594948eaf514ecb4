/** Tags of HTML that have pieces of their own, each as `<x>`, `<x/>` and `</x>`. */
const tags = "img h2 td strong table tr li b h3 br h4 h5 p h1 tbody".split(" ");

/** Last of the reserved pieces: the assistant's marker, id 196. */
const LAST_RESERVED = 107;

/**
 * The pieces with ids 3 to 196, in the order of the published tokenizer: the first reserved one is `<reserved_12>` with id 101, so
 * that `<reserved_106>` and `<reserved_107>` have the published ids 195 and 196.
 */
export const namedPieces: readonly string[] = [
  "<SEP>",
  "<CLS>",
  "\n",
  "\t",
  ...tags.flatMap((tag) => [`<${tag}>`, `<${tag}/>`, `</${tag}>`]),
  ..."０１２３４５６７８９",
  ..."+-=",
  ..."，。！？、：￥",
  ".",
  "!",
  "?",
  "...",
  "。。。",
  "。。。。。。",
  ..."《》【】『』",
  "```",
  "<!--",
  "-->",
  "---",
  "<!DOCTYPE>",
  ..."；．＝＜＞－＋％‼㊣／｜",
  ...Array.from({ length: LAST_RESERVED - 11 }, (_, i) => `<reserved_${12 + i}>`),
];
