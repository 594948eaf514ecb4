import type { OnnxLowering } from "../onnx-lowering.ts";

export const softmaxOnnx: OnnxLowering<null> = (onnx, [x, ...biases], [y]) => {
  const biased = biases.reduce((sum, bias) => {
    const next = onnx.temporary();
    onnx.node("Add", [sum, bias], [next]);
    return next;
  }, x);
  onnx.node("Softmax", [biased], [y], { axis: { int: -1 } });
};
