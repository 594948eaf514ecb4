/** Languages of the page. */
export type ReportLanguage = "en" | "zh";

const en = {
  title: "Fine-tuning",
  model: "Model",
  data: "Data",
  output: "Output",
  method: "Method",
  methodFull: "all weights",
  status: "State",
  running: "running",
  finished: "finished",
  left: "ended by its caller",
  stopped:
    "ended early: no better evaluation in {patience}; the best one was {loss}, after step {step}",
  failed: "ended by an error: {reason}",
  steps: "Steps",
  epochs: "Epochs",
  rows: "Training rows",
  skipped: "{rows} (left out, with nothing to learn: {skipped})",
  parameters: "Trained parameters",
  ofAll: "{trained} of {all} ({share})",
  tokens: "Tokens",
  rate: "Tokens per second",
  time: "Time of all steps",
  lastLoss: "Last training loss",
  lastEvalLoss: "Last evaluation loss",
  bestEvalLoss: "Best evaluation loss",
  atStep: "{value} (step {step})",
  written: "Written",
  loss: "Loss",
  trainLoss: "training",
  smoothLoss: "training, smoothed",
  evalLoss: "evaluation",
  learningRate: "Learning rate",
  gradNorm: "Gradient norm",
  step: "Step",
  arguments: "Arguments",
  noScript: "The charts and tables of this page are drawn by the script in it.",
  noSteps: "No step has run yet.",
};

/** Words of the page. */
export type ReportLabels = Readonly<Record<keyof typeof en, string>>;

const zh: ReportLabels = {
  title: "微调",
  model: "模型",
  data: "数据",
  output: "输出",
  method: "方式",
  methodFull: "全部权重",
  status: "状态",
  running: "进行中",
  finished: "已完成",
  left: "由调用者结束",
  stopped: "提前结束：连续 {patience} 次评估没有更好；最好的是第 {step} 步之后的 {loss}",
  failed: "因错误结束：{reason}",
  steps: "步数",
  epochs: "轮数",
  rows: "训练数据行数",
  skipped: "{rows}（另有 {skipped} 行没有可学习的内容）",
  parameters: "训练的参数",
  ofAll: "{trained} / {all}（{share}）",
  tokens: "词元数",
  rate: "每秒词元数",
  time: "各步用时合计",
  lastLoss: "最后的训练损失",
  lastEvalLoss: "最后的评估损失",
  bestEvalLoss: "最低的评估损失",
  atStep: "{value}（第 {step} 步）",
  written: "写入时间",
  loss: "损失",
  trainLoss: "训练",
  smoothLoss: "训练（平滑）",
  evalLoss: "评估",
  learningRate: "学习率",
  gradNorm: "梯度范数",
  step: "步",
  arguments: "参数设置",
  noScript: "本页的图表由页面中的脚本绘制。",
  noSteps: "还没有运行任何一步。",
};

/** Words of each language. */
export const reportLabels: Readonly<Record<ReportLanguage, ReportLabels>> = { en, zh };

/** Puts values in the place of `{name}`. */
export function fill(label: string, values: Readonly<Record<string, string | number>>): string {
  return label.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
