export { ChatMessageError, ContextLengthError, type ChatFault } from "./chat/chat-errors.ts";
export type { ChatMessage } from "./chat/chat-message.ts";
export { buildChatPrompt, type ChatPromptOptions } from "./chat/chat-prompt.ts";
export type { ChatTokenizer } from "./chat/chat-tokenizer.ts";
export { createCumulativeText, type CumulativeText } from "./chat/cumulative-text.ts";
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
export {
  expectedTensors,
  isDecoderLinear,
  readModelConfig,
  type ModelConfig,
  type PositionScheme,
} from "./config.ts";
export type { HiddenStates, Logits } from "./engine/logits.ts";
export type { EngineStats, FinishReason } from "./engine/protocol.ts";
export {
  defaultGenerationConfig,
  GenerationOptionError,
  mergeGenerationOptions,
  readGenerationConfig,
  type GenerationConfig,
  type GenerationOptions,
} from "./generation-config.ts";
export { HubError } from "./hub/hub-error.ts";
export { resolveModel, type ResolveModelOptions } from "./hub/resolve-model.ts";
export {
  loadModel,
  loadSyntheticModel,
  type LoadModelOptions,
  type LoadProgress,
} from "./load-model.ts";
export {
  Model,
  NoTokenizerError,
  PromptError,
  type GenerateOptions,
  type GenerationResult,
  type Prompt,
  type Usage,
} from "./model.ts";
export { checkpointWeights, type CheckpointWeightsOptions } from "./network/checkpoint-weights.ts";
export { Decoder, TokenIdError, type BatchItem, type Sequence } from "./network/decoder.ts";
export { buildInferenceGraph, type InferenceGraphOptions } from "./network/inference-graph.ts";
export type { WeightDtype, WeightOptions } from "./network/weight-plan.ts";
export {
  createSampler,
  type Distribution,
  type Sampler,
  type SamplerOptions,
} from "./sampling/sampler.ts";
export { createStopMatcher, type StopMatcher } from "./sampling/stop-matcher.ts";
export { TokenHistory } from "./sampling/token-history.ts";
export {
  quantizeCheckpoint,
  type QuantizeCheckpointOptions,
  type QuantizeReport,
} from "./quantize/quantize-checkpoint.ts";
export type { LinearError } from "./quantize/weight-error.ts";
export { publishedConfig, type ShapeName } from "./shapes.ts";
export type { GenerationDelta } from "./text-stream.ts";
export { readJsonFile } from "./read-json-file.ts";
