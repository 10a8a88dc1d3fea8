/**
 * Node's DecompressionStream as browsers have it: bytes after the end of a stream are an error, and a stream that is
 * broken fails when that is written, not when the stream is closed.
 */

import { inflateRawSync, inflateSync, constants as zlib } from "node:zlib";

type Inflate = typeof inflateSync;

class StrictDecompressionStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(format: "deflate" | "deflate-raw") {
    const inflate = format === "deflate" ? inflateSync : inflateRawSync;
    let packed = Buffer.alloc(0);
    super({
      transform(slice) {
        packed = Buffer.concat([packed, slice]);
        if (unpack(inflate, packed, zlib.Z_SYNC_FLUSH).read < packed.length)
          throw new TypeError("more follows");
      },
      flush(controller) {
        const { bytes } = unpack(inflate, packed, zlib.Z_FINISH);
        if (bytes.length > 0) controller.enqueue(bytes);
      },
    });
  }
}

function unpack(inflate: Inflate, packed: Uint8Array, finishFlush: number): { bytes: Buffer; read: number } {
  // The types do not know what `info` does.
  const { buffer, engine } = inflate(packed, { finishFlush, info: true }) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  return { bytes: buffer, read: engine.bytesWritten };
}

/** Replaces Node's. */
export function makeInflateStrict(): void {
  globalThis.DecompressionStream = StrictDecompressionStream as typeof DecompressionStream;
}
