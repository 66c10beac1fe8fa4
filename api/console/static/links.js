/** Links and addresses out of contacts: text from outside, of which few are safe to follow. Pure. */

/**
 * The address to follow for a text, or null: of the web only, and with nothing before the host, where
 * `https://linkedin.com@evil.example` would hide where it leads.
 *
 * @param {unknown} text
 * @returns {string | null}
 */
export function safeLink(text) {
  if (typeof text !== "string" || !/^https?:\/\//i.test(text)) return null;
  try {
    const url = new URL(text);
    return (url.protocol === "https:" || url.protocol === "http:") && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}

/** Whether a text asks for a page of Apollo's or has the address of one in it. @param {string} text */
export const looksLikeSearch = (text) => /apollo(\.|%2e)io/i.test(text);

/** Each line that has an address of Apollo's. @param {string} text */
export const searchesIn = (text) =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(looksLikeSearch);
