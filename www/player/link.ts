export function isProgramLink(hash: string): boolean {
  return /^#(z|r|rom)=/.test(hash);
}
export async function programInLink(
  _f: string,
  _l: number,
  _s?: AbortSignal,
): Promise<{ rom: Uint8Array<ArrayBuffer>; args: string[] } | undefined> {
  return undefined;
}
