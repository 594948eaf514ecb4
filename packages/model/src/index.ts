export { ChatMessageError, ContextLengthError, type ChatFault } from "./chat/chat-errors.ts";
export type { ChatMessage } from "./chat/chat-message.ts";
export { buildChatPrompt, type ChatPromptOptions } from "./chat/chat-prompt.ts";
export type { ChatTokenizer } from "./chat/chat-tokenizer.ts";
export { createCumulativeText, type CumulativeText } from "./chat/cumulative-text.ts";
export { adapterScaling, type AdapterConfig } from "./adapter/adapter-config.ts";
export type { Adapter, LinearAdapter } from "./adapter/adapter.ts";
export { AdapterError, type AdapterProblem } from "./adapter/adapter-error.ts";
export type { AdapterChoice, AdapterOptions, AdaptersOptions } from "./adapter/adapter-options.ts";
export type { AdapterInfo } from "./adapter/loaded-adapter.ts";
export { openAdapter } from "./adapter/node-open-adapter.ts";
export { checkWeights } from "./checkpoint/check-weights.ts";
export { CheckpointError } from "./checkpoint/checkpoint-error.ts";
export type {
  Checkpoint,
  CheckpointFile,
  RowBlock,
  RowOptions,
  StateValue,
  TensorDtype,
  TensorInfo,
} from "./checkpoint/checkpoint.ts";
export { openCheckpoint } from "./checkpoint/node-open-checkpoint.ts";
export { copyCompanions } from "./checkpoint/node-companions.ts";
export { writeTorchDtype } from "./checkpoint/node-torch-dtype.ts";
export {
  writeWeights,
  type WeightToWrite,
  type WriteWeightsOptions,
} from "./checkpoint/node-write-weights.ts";
export { readTensorFile, type TensorFloats } from "./checkpoint/node-read-tensors.ts";
export {
  writeSafetensors,
  type TensorData,
  type WriteSafetensorsOptions,
} from "./checkpoint/node-safetensors-writer.ts";
export {
  bitsandbytesTensors,
  declareBitsandbytes,
  type BitsandbytesOptions,
  type EncodedFourBit,
  type FileAbsmax,
} from "./checkpoint/quantized/bitsandbytes-tensors.ts";
export {
  compressedTensors,
  declareCompressedTensors,
  type CompressedTensorsOptions,
} from "./checkpoint/quantized/compressed-tensors.ts";
export { declareInt8, int8Tensors } from "./checkpoint/quantized/int8-tensors.ts";
export { openQuantizedLinears } from "./checkpoint/quantized/open-quantized-linears.ts";
export { quantizationOf, type Quantization } from "./checkpoint/quantized/quantization-of.ts";
export type {
  NestedAbsmax,
  QuantFormat,
  QuantLayout,
  StoredFourBit,
  StoredInt4,
  StoredInt8,
  StoredLinear,
} from "./checkpoint/quantized/stored-linear.ts";
export type { TensorValues } from "./checkpoint/quantized/tensor-values.ts";
export {
  quantizationConfig,
  type QuantizationConfigOptions,
} from "./checkpoint/quantized/write-quantization-config.ts";
export type { TensorDeclaration } from "./checkpoint/safetensors-writer.ts";
export { writeWeightIndex } from "./checkpoint/weight-index.ts";
export {
  expectedTensors,
  isDecoderLinear,
  readModelConfig,
  type ModelConfig,
  type PositionScheme,
} from "./config.ts";
export type { HiddenStates, Logits } from "./engine/logits.ts";
export { openSource, type OpenSource } from "./engine/open-source.ts";
export type { ModelSource } from "./engine/protocol.ts";
export { KvCacheFullError } from "./cache/kv-cache-full-error.ts";
export { SequenceFileError } from "./cache/sequence-file-error.ts";
export { slotBytes } from "./engine/engine-defaults.ts";
export { EngineLimitError } from "./engine/engine-limit-error.ts";
export type { EngineStats } from "./engine/engine-stats.ts";
export type { EngineLimits, FinishReason } from "./engine/protocol.ts";
export { SequenceReleasedError } from "./engine/sequence-released-error.ts";
export {
  defaultGenerationConfig,
  mergeGenerationOptions,
  readGenerationConfig,
  type GenerationConfig,
  type GenerationOptions,
} from "./generation-config.ts";
export { GenerationOptionError } from "./generation-option-error.ts";
export { HubError } from "./hub/hub-error.ts";
export { resolveModel, type ResolveModelOptions } from "./hub/resolve-model.ts";
export {
  checkLoad,
  loadModel,
  loadSyntheticModel,
  type CheckLoadOptions,
  type LoadModelOptions,
  type LoadProgress,
  type LoadSyntheticOptions,
} from "./load-model.ts";
export type { AdapterSize } from "./memory/adapter-bytes.ts";
export { countParameters, estimateDisk, type DiskEstimate } from "./memory/disk-bytes.ts";
export {
  estimate,
  type EstimateOptions,
  type LoadEstimate,
  type MemoryEstimate,
} from "./memory/estimate.ts";
export { estimateCheckpoint } from "./memory/estimate-checkpoint.ts";
export { availableMemory } from "./memory/available-memory.ts";
export {
  MemoryLimitError,
  type MemoryBreakdown,
  type MemoryHint,
} from "./memory/memory-limit-error.ts";
export { mergeAdapter, type MergeAdapterOptions, type MergeReport } from "./merge/merge-adapter.ts";
export type { MergeDtype } from "./merge/merged-chunks.ts";
export { Model, type LogitsOptions } from "./model.ts";
export { ModelSequence, type SequenceOptions } from "./model-sequence.ts";
export { checkpointWeights, type CheckpointWeightsOptions } from "./network/checkpoint-weights.ts";
export { Decoder, type BatchItem, type Sequence } from "./network/decoder.ts";
export { tokenNames, type TokenName } from "./token-names.ts";
export { TokenIdError } from "./network/token-id-error.ts";
export { decoderLayer, type LayerContext, type LayerResult } from "./network/decoder-layer.ts";
export { buildInferenceGraph, type InferenceGraphOptions } from "./network/inference-graph.ts";
export { ropeAngles, type RopeAngles } from "./network/rope-angles.ts";
export type { WeightDtype, WeightOptions } from "./network/weight-plan.ts";
export {
  compareModels,
  type CompareModelsOptions,
  type ComparisonProgress,
  type ModelComparison,
  type TracedModel,
} from "./quality/compare-models.ts";
export { ComparisonError } from "./quality/comparison-error.ts";
export type { StateError } from "./quality/state-error.ts";
export type { TokenScores } from "./quality/token-scores.ts";
export type { LogitsProcessor } from "./sampling/filter.ts";
export {
  createSampler,
  type Distribution,
  type Sampler,
  type SamplerExtra,
  type SamplerOptions,
} from "./sampling/sampler.ts";
export { philox4x32 } from "./sampling/philox.ts";
export { uniform } from "./sampling/random.ts";
export { createStopMatcher, type StopMatcher } from "./sampling/stop-matcher.ts";
export { TokenHistory } from "./sampling/token-history.ts";
export { tokenLogprob, tokenLogprobs, type TokenLogprob } from "./sampling/token-logprobs.ts";
export { OutputError, type OutputProblem } from "./quantize/output-error.ts";
export type { FileFormat } from "./quantize/plan-quantization.ts";
export {
  quantizeCheckpoint,
  type QuantizeCheckpointOptions,
  type QuantizeReport,
} from "./quantize/quantize-checkpoint.ts";
export type { LinearError } from "./quantize/weight-error.ts";
export { publishedConfig, type ShapeName } from "./shapes.ts";
export { GrammarCompiler } from "./structured/grammar-compiler.ts";
export type { Grammar, GrammarState } from "./structured/grammar.ts";
export { ResponseFormatError } from "./structured/response-format-error.ts";
export { normalizeResponseFormat, type ResponseFormat } from "./structured/response-format.ts";
export { vocabularyOf, type Vocabulary } from "./structured/vocabulary.ts";
export type { GenerationChoice, GenerationDelta } from "./generation/choice-text.ts";
export type {
  GenerateOptions,
  GenerationResult,
  LogitsHook,
  Timings,
  Usage,
} from "./generation/generate-options.ts";
export { NoTokenizerError, PromptError, type Prompt } from "./prompt.ts";
export type { Perplexity, PerplexityOptions, Score, ScoreOptions } from "./scoring/score.ts";
export { readJsonFile } from "./read-json-file.ts";
export { RunLock } from "./quantize/run-lock.ts";
export { UNFINISHED, writeFolder, type WriteFolderOptions } from "./write-folder.ts";
export { writeWhole } from "./write-whole.ts";
