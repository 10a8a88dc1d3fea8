/** Access to what `scripts/single.mjs` has packed into the script. */

/** An engine, as a server would answer with it: from gzip in base64. */
export function unpack(base64: string): Response {
  const packed = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  const wasm = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(wasm, { headers: { "content-type": "application/wasm" } });
}
