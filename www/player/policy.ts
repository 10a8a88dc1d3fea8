/**
 * What the page's content security policy has refused. To a script that fetches, a refusal looks like a server that is
 * out of reach; only an event of the document tells the difference.
 */

/** How many refusals are kept: the newest. */
const KEPT = 20;

/** What has been refused of late. */
export const refusals: SecurityPolicyViolationEvent[] = [];

// Pages are made where there is no document, too.
globalThis.document?.addEventListener("securitypolicyviolation", (event) => {
  if (event.disposition === "enforce") refusals.push(event);
  if (refusals.length > KEPT) refusals.shift();
});

/**
 * Words for the visitor about something that could not be fetched: that the policy has refused it, or else these.
 *
 * @param address Of what could not be fetched, or of anything else on that server.
 */
export async function explain(address: URL | string, words: string): Promise<string> {
  try {
    const { refusal } = await import("./failure.js");
    return (await refusal(address)) ?? words;
  } catch {
    return words; // The words for more are out of reach as well.
  }
}
