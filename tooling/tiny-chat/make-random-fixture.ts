/**
 * Makes apps/cli/fixtures/tiny-chat: a random model for tests of everything between a file and a text.
 *
 * A random checkpoint of the golden data (3 RoPE layers, vocabulary 512) and the tiny tokenizer that was trained for
 * this project, cut to its first 512 pieces so that it never makes an id the checkpoint has no row for.
 *
 *   node tooling/tiny-chat/make-random-fixture.ts
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs/light.js";
import { sharedData } from "@baichuan2/tooling/golden";

const VOCAB_SIZE = 512;
const target = new URL("../../apps/cli/fixtures/tiny-chat/", import.meta.url);

mkdirSync(target, { recursive: true });
for (const file of ["config.json", "generation_config.json", "pytorch_model.bin"]) {
  copyFileSync(
    sharedData(`model/models/t7/bin-bf16/${file}`),
    fileURLToPath(new URL(file, target)),
  );
}
const model = readFileSync(sharedData("tokenizer/models/tiny-baichuan-like.model"));
writeFileSync(new URL("tokenizer.model", target), cutPieces(model, VOCAB_SIZE));

/** The same SentencePiece model with its first `count` pieces; all other fields are kept as bytes. */
function cutPieces(bytes: Uint8Array, count: number): Uint8Array {
  const ModelProto = new protobuf.Type("ModelProto")
    .add(new protobuf.Field("pieces", 1, "bytes", "repeated"))
    .add(new protobuf.Field("trainerSpec", 2, "bytes"))
    .add(new protobuf.Field("normalizerSpec", 3, "bytes"));
  const decoded = ModelProto.decode(bytes) as unknown as Record<string, unknown> & {
    pieces: Uint8Array[];
  };
  return ModelProto.encode(
    ModelProto.create({ ...decoded, pieces: decoded.pieces.slice(0, count) }),
  ).finish();
}
