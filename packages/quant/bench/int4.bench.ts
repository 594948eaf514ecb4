// Encoding and decoding int4 blocks: speed and error of both methods on 256 rows of 4096 normal weights, f16 scales.
// Targets on one core: "rtn" >= 150 M weights/s, "search" >= 40.
import { ok } from "node:assert/strict";
import { interleave } from "@baichuan2/tooling/bench";
import { decodeInt4, encodeInt4, type BlockSize } from "@baichuan2/quant";
import { randomWeights, relativeError } from "../src/__fixtures__/random-weights.ts";

const COLS = 4096;
const weights = randomWeights(1, 256 * COLS);
const decoded = new Float32Array(weights.length);

for (const blockSize of [32, 64, 128] satisfies BlockSize[])
  for (const symmetric of [true, false]) {
    const layout = { cols: COLS, blockSize, symmetric, scaleDtype: "f16" } as const;
    const rtn = encodeInt4(weights, { ...layout, method: "rtn" });
    const search = encodeInt4(weights, layout);
    const rtnError = relativeError(weights, decodeInt4(rtn, layout));
    const searchError = relativeError(weights, decodeInt4(search, layout));
    ok(searchError < rtnError);

    const timings = await interleave([
      { name: "rtn", run: () => void encodeInt4(weights, { ...layout, method: "rtn" }) },
      { name: "search", run: () => void encodeInt4(weights, layout) },
      { name: "decode", run: () => void decodeInt4(search, layout, decoded) },
    ]);
    const speeds = timings.map(
      ({ name, medianSeconds }) => `${name} ${(weights.length / 1e6 / medianSeconds).toFixed(0)}`,
    );
    const gain = (1 - searchError / rtnError) * 100;
    console.log(
      `int4 G=${blockSize} ${symmetric ? "symmetric" : "asymmetric"}: M weights/s: ${speeds.join(", ")}; ` +
        `error rtn ${rtnError.toFixed(4)}, search ${searchError.toFixed(4)} (${gain.toFixed(1)} % less)`,
    );
  }
