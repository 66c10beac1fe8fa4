/** One contact beside the table: all that is stored of it, and why the search finds it. */

import { reaching, safeLink } from "../outside.js";
import { cut, inWords, worded } from "../numbers.js";
import { described, opened, socket, target } from "../page.js";
import { excludes } from "../reading.js";
import { Question } from "../socket.js";
import { cross, effect, failed, few, html, nothing, untracked } from "./parts.js";
import { nameOf, text } from "./table.js";

const check = new Question(socket, "explain_contact");

/** Of which contact the last answer is. */
let checked = "";

/** Whenever another contact is opened, or another search is there, ask why. */
export const listen = () =>
  effect(() => {
    const [contact, what] = [opened.value, target.value];
    untracked(() => {
      if (checked !== (checked = contact?.uuid ?? "")) check.forget();
      if (contact && what) check.ask({ ...what, uuid: contact.uuid });
    });
  });

const COMPANY = /^(company|employees|industry|keywords|website|technologies|annual_revenue|total_funding|latest_|last_raised|founded|sic_|naics_|corporate|facebook|twitter|account_)/;
const RECORD = /^(uuid|created_at|updated_at|stage|lists|contact_owner|do_not_call|last_contacted_at|foreign_ids|custom)$/;

/** @param {string} name */
const group = (name) => (RECORD.test(name) ? "Record" : COMPANY.test(name) ? "Company" : "Person");

/** @param {unknown} value @param {string} name */
const valueOf = (value, name) => {
  const link = safeLink(value);
  if (link) return html`<a href=${link} target="_blank" rel="noopener noreferrer nofollow"><bdi>${text(value, name)}</bdi></a>`;
  const reach = reaching(name, value);
  if (reach) return html`<a href=${reach}>${text(value, name)}</a>`;
  if (Array.isArray(value)) return html`<ul class="tags">${value.map((each) => html`<li><bdi dir="auto">${text(each, name)}</bdi></li>`)}</ul>`;
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, each]) => html`<div><bdi dir="auto">${cut(key)}</bdi>: <bdi dir="auto">${text(each, key)}</bdi></div>`);
  }
  return html`<bdi dir="auto">${text(value, name)}</bdi>`;
};

/** What a contact has, what looks like something wanted first. @param {string[]} has @param {string[]} wanted */
function telling(has, wanted) {
  const words = wanted.flatMap((each) => each.toLocaleLowerCase().split(/\W+/).filter(Boolean));
  const fits = (/** @type {string} */ one) => words.some((word) => one.toLocaleLowerCase().includes(word));
  return [...has.filter(fits), ...has.filter((one) => !fits(one))];
}

/** By which it was opened has the focus again. */
function close() {
  const row = /** @type {HTMLElement | null} */ (document.querySelector("tr[aria-selected=true]"));
  opened.value = null;
  row?.focus();
}

const why = () => {
  const told = check.answer.value?.contacts[0];
  if (check.failure.value) return failed(check.failure.value);
  if (!told) return html`<p class="hint">${check.pending.value ? "Looking why…" : ""}</p>`;
  return html`
    <h3>${told.matches ? "Why this search finds it" : "Why this search does not find it"}</h3>
    <ul class="why ${check.pending.value ? "stale" : ""}">
      ${told.parameters.map(
        ({ name, matches, wanted, has }) => html`
          <li class=${matches ? "yes" : "no"}>
            <span class="mark" aria-label=${matches ? "matches" : "does not match"}>${matches ? "✓" : "✗"}</span>
            <b>${described(name)}</b>
            <span>asked for ${excludes(name) ? "none of " : ""}<bdi>${few(wanted.map((each) => inWords(name, each)), 5)}</bdi>, has <bdi>${few(telling(has.map((each) => text(each, name)), wanted), 6) || "nothing there"}</bdi></span>
          </li>
        `,
      )}
      ${told.parameters.length ? nothing : html`<li>The search asks for nothing in particular.</li>`}
    </ul>
  `;
};

export const contact = () => {
  const who = opened.value;
  if (!who) return nothing;
  const fields = Object.keys(who).filter((name) => name !== "matched" && text(who[name], name) !== "");
  const place = [who.city, who.state, who.country].filter(Boolean).join(", ");
  return html`
    <aside class="contact" aria-label="Contact" tabindex="-1">
      <button class="icon close" aria-label="Close the contact" title="Close" @click=${close}>×</button>
      <h2><bdi dir="auto">${nameOf(who) || "(no name)"}</bdi></h2>
      <p class="lead"><bdi dir="auto">${text(who.title, "")}</bdi>${who.title && who.company ? ", " : ""}<bdi dir="auto">${text(who.company, "")}</bdi></p>
      <p class="hint"><bdi dir="auto">${cut(place)}</bdi></p>
      ${why()}
      ${["Person", "Company", "Record"].map((title) => {
        const own = fields.filter((name) => group(name) === title);
        return own.length
          ? html`<h3>${title}</h3><dl>${own.map((name) => html`<div><dt>${worded(name)}</dt><dd>${valueOf(who[name], name)}</dd></div>`)}</dl>`
          : nothing;
      })}
    </aside>
  `;
};
