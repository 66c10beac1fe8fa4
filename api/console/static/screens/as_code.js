/** The search as code, to be copied by whoever asks the service without the page. */

import { explanation, listed } from "../page.js";
import { address } from "../session.js";
import { copied, copy, html, nothing } from "./parts.js";

/** @param {unknown} value */
const json = (value) => JSON.stringify(value, null, 2);

/** For a shell, between single quotes. @param {string} text */
const quoted = (text) => `'${text.replace(/'/g, `'\\''`)}'`;

/** As Python writes it: JSON of texts, numbers and lists is Python too. @param {unknown} value */
const python = (value) => json(value).replace(/\n/g, "\n    ");

/**
 * @param {Record<string, unknown>} asked of `search_contacts`
 * @param {string} address of the service, with a slash at its end
 * @returns {readonly (readonly [string, string])[]} titles and texts
 */
export function codeOf(asked, address) {
  const path = `${address}api/v2/apollo/contacts?limit=25`;
  return [
    [
      "A token",
      `export TOKEN=$(curl -s ${quoted(`${address}api/v2/auth/login`)} -H 'content-type: application/json' \\\n  -d '{"email": "YOUR E-MAIL", "password": "YOUR PASSWORD"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    ],
    [
      "curl",
      `curl -s ${quoted(path)} \\\n  -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\\n  -d ${quoted(JSON.stringify(asked))}`,
    ],
    [
      "Python",
      `import json
import os
import urllib.request

request = urllib.request.Request(
    ${JSON.stringify(path)},
    json.dumps(${python(asked)}).encode(),
    {"content-type": "application/json", "authorization": f"Bearer {os.environ['TOKEN']}"},
)
with urllib.request.urlopen(request) as response:
    for contact in json.load(response)["results"]:
        print(contact["uuid"], contact["title"], contact["company"])`,
    ],
    [
      "JavaScript",
      `const response = await fetch(${JSON.stringify(path)}, {
  method: "POST",
  headers: { "content-type": "application/json", authorization: \`Bearer \${process.env.TOKEN}\` },
  body: JSON.stringify(${json(asked).replace(/\n/g, "\n  ")}),
});
for (const contact of (await response.json()).results) console.log(contact.uuid, contact.title, contact.company);`,
    ],
    ["WebSocket message", json({ action: "search_contacts", request_id: "1", data: { ...asked, limit: 25 } })],
  ];
}

export const codeView = () => {
  const asked = listed.value;
  if (!asked) return nothing;
  const told = explanation.answer.value;
  /** @param {string} title @param {string} text */
  const block = (title, text) => html`
    <article class="code">
      <header><h3>${title}</h3><button class="quiet" @click=${() => copy(text)}>${copied.value === text ? "Copied" : "Copy"}</button></header>
      <pre tabindex="0">${text}</pre>
    </article>
  `;
  return html`
    <section aria-label="As code">
      ${told ? block("Canonical URL", told.canonical_url) : nothing}
      ${told ? html`<p class="hint">Fingerprint <code>${told.fingerprint}</code>: searches that have it find the same.</p>` : nothing}
      ${codeOf(asked, address("")).map(([title, text]) => block(title, text))}
      <p class="hint"><code>TOKEN</code> holds for half an hour, unless the service was told otherwise; that of this page is shown to nobody. These are the first 25: <code>next</code> of an answer, as <code>cursor</code>, brings more.</p>
    </section>
  `;
};
