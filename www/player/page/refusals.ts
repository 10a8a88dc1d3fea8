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
