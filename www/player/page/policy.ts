/** Words for what the page's content security policy has refused. */

// Listens from the beginning.
import "./refusals.js";

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
