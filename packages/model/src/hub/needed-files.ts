/** Files beside the weights that are downloaded where a model has them. Code (`*.py`) never is. */
export const optionalFiles: readonly string[] = [
  "generation_config.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
];

/** In the order in which a checkpoint is opened: of two formats only the first is downloaded. */
const weightFiles = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
] as const;

/** The file of weights, or the index of its shards, that a model with these files is loaded from. */
export function chooseWeights(names: Iterable<string>): string | undefined {
  const present = new Set(names);
  return weightFiles.find((name) => present.has(name));
}

/** Whether the weights are in shards that this file lists. */
export function isIndex(name: string): boolean {
  return name.endsWith(".index.json");
}
