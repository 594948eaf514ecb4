import type { LogRow } from "../output/trainer-state.ts";
import type { RunLength } from "./run-length.ts";
import type { StepResult } from "./step-runner.ts";

/** What a run tells while it goes. */
export type TrainingEvent =
  | {
      readonly type: "start";
      readonly rows: number;
      /** Rows that are evaluated. */
      readonly evaluationRows: number;
      /** Texts of which nothing could be learned. */
      readonly skipped: number;
      readonly length: RunLength;
      /** Step that the run goes on after; 0 for a new one. */
      readonly step: number;
      readonly trainedParameters: number;
      readonly allParameters: number;
    }
  | ({ readonly type: "step"; readonly step: number; readonly epoch: number } & StepResult & {
        readonly learningRate: number;
        readonly seconds: number;
      })
  | { readonly type: "log"; readonly row: LogRow }
  | { readonly type: "save"; readonly step: number; readonly path: string }
  | {
      readonly type: "evaluation";
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      /** Rows that were evaluated. */
      readonly samples: number;
      readonly seconds: number;
    }
  /** Early stopping ends the run before its last step: no better evaluation in `patience`. */
  | {
      readonly type: "stop";
      readonly step: number;
      readonly patience: number;
      readonly bestLoss: number;
      readonly bestStep: number;
    };

/** What came of a run. */
export interface TrainingResult {
  /** Steps that were taken, those before a resume included. */
  readonly steps: number;
  readonly log: readonly LogRow[];
  /** Where the model or adapter is. */
  readonly path: string;
  /** Step that the model is of: another than the last with `load_best_model_at_end`. */
  readonly modelStep: number;
}
