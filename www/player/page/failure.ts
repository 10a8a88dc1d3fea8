/** Why something could not be fetched, in words for the visitor. Loaded when that has happened. */

import { refusals } from "./refusals.js";

/** The browser may tell of a refusal this many milliseconds after the failure. */
const LATE_MS = 200;

/** What the page's content security policy has refused of a server, if it has. */
export async function refusal(address: URL | string): Promise<string | undefined> {
  const { origin, host } = new URL(address);
  const isOurs = ({ blockedURI }: SecurityPolicyViolationEvent) =>
    URL.canParse(blockedURI) && new URL(blockedURI).origin === origin;
  if (!refusals.some(isOurs)) await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  const refused = refusals.findLast(isOurs);
  return (
    refused &&
    `This page may not fetch from ${host}: its content security policy does not allow it (${refused.effectiveDirective}).`
  );
}

/**
 * What a status other than success means.
 *
 * @param shown The address, as a message bears it.
 */
export function statusMessage(url: URL, shown: string, status: number): string {
  if (status === 404 || status === 410) return `There is no file at ${shown} (status ${status}).`;
  if (status === 401 || status === 403) return `${url.host} refuses to hand out the file (status ${status}).`;
  if (status >= 500) return `${url.host} has a problem of its own (status ${status}). Try again later.`;
  return `${url.host} answered with status ${status} instead of the file.`;
}

/**
 * Browsers do not say whether a server is out of reach or only keeps its files from other sites. A
 * request whose answer nobody may read tells: it succeeds with any answer.
 */
export async function unreachable(url: URL, request: RequestInit): Promise<string> {
  if (location.protocol === "https:" && url.protocol === "http:") {
    return `This page is encrypted (https), and so the browser may not fetch from the unencrypted ${url.host}.`;
  }
  const refused = await refusal(url);
  if (refused) return refused;
  if (url.origin !== globalThis.origin) {
    const answers = await fetch(url, { ...request, mode: "no-cors", method: "HEAD" }).then(
      () => true,
      () => false,
    );
    if (answers) {
      return (
        `${url.host} does not let other sites read its files, or has no such file (it sends no CORS header ` +
        "“Access-Control-Allow-Origin”). Download the file and open it from your computer instead."
      );
    }
  }
  return `${url.host} cannot be reached. Check the address and your connection.`;
}
