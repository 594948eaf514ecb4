export { TrainingNetwork } from "./network/training-network.ts";
