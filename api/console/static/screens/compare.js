/** Two or three searches beside each other: bars that overlap where the same contacts are found, each part a click away. */

import { counted, inWords, numeric, share, several, signed } from "../numbers.js";
import { askForFilters, change, described, filters, search, session, socket, target } from "../page.js";
import { looksLikeSearch } from "../outside.js";
import { pairsOf } from "../search.js";
import { Question } from "../socket.js";
import { cross, effect, failed, few, html, nothing, signal, submitted, svg, untracked } from "./parts.js";
import { table } from "./table.js";

const MOST = 3;
const ROW = 30;

const comparison = new Question(socket, "compare_urls");

const complaint = signal("");

export const listen = () =>
  effect(() => {
    const [what, of] = [target.value, search.value];
    if (of.view !== "compare" || !what || session.standing.value !== "in") return;
    askForFilters();
    untracked(() => (of.others.length ? comparison.ask({ urls: [what.url, ...of.others] }) : comparison.forget()));
  });

/** @param {string[]} others */
const put = (others) => change({ ...search.value, others, region: null });

const submit = submitted(({ other }, form) => {
  complaint.value = looksLikeSearch(other) ? "" : "This is no address of Apollo’s.";
  if (complaint.value) return;
  form.reset();
  put([...search.value.others, other.trim()]);
});

/** What a search asks for, in words. @param {string} url */
const asking = (url) => {
  /** @type {Map<string, string[]>} */
  const values = new Map();
  for (const [name, value] of pairsOf(url.split("?").slice(1).join("?"))) {
    if (filters.value.some((each) => each.name === name)) values.set(name, [...(values.get(name) ?? []), inWords(name, value)]);
  }
  return [...values].map(([name, all]) => `${described(name)}: ${few(all, 3)}`).join(" · ") || url;
};

/** The first of the searches is A. @param {number} at */
const letter = (at) => "ABC"[at];

/** @param {Region} region @param {number} all how many searches there are */
const worded = (region, all) => {
  if (region.in.length === all) return all === 2 ? "both" : "all";
  return `${region.in.length === 1 ? "only " : ""}${region.in.map(letter).join(" and ")}`;
};

/** So that each search is in one piece as far as that can be: A, A and B, all, and so on around. */
const AROUND = ["0", "0,1", "0,1,2", "0,2", "1", "1,2", "2"];

/** @param {Comparison} told */
const bars = (told) => {
  const regions = [...told.regions].sort((one, other) => AROUND.indexOf(one.in.join()) - AROUND.indexOf(other.in.join()));
  const union = Math.max(numeric(told.union), 1);
  let x = 0;
  const placed = regions.map((region) => {
    const width = (1000 * numeric(region.count)) / union;
    const from = x;
    x += width;
    return { region, from, width };
  });
  return html`
    <svg class="overlap" viewBox="0 0 1000 ${told.counts.length * ROW}" preserveAspectRatio="none" aria-hidden="true">
      ${told.counts.map((_, at) => [
        svg`<rect class="rest" y=${at * ROW + 4} width="1000" height=${ROW - 8}></rect>`,
        ...placed.filter(({ region, width }) => width > 0 && region.in.includes(at)).map(
          ({ region, from, width }) => svg`<rect class=${`of-${at}`} x=${from} y=${at * ROW + 4} width=${Math.max(width, 2)} height=${ROW - 8} @click=${() => pick(region)}></rect>`,
        ),
      ])}
    </svg>
  `;
};

/** @param {Region} region */
const pick = (region) =>
  change({ ...search.value, region: search.value.region?.join() === region.in.join() ? null : region.in });

/** @param {Comparison} told */
const differences = (told) => html`
  <h3>Where they differ</h3>
  <div class="scroll" tabindex="0"><table class="differences">
    <thead><tr><th scope="col">Filter</th>${told.counts.map((_, at) => html`<th scope="col">${letter(at)}</th>`)}<th scope="col">A would change by</th></tr></thead>
    <tbody>
      ${told.parameters.map(
        ({ name, values, change: by }) => html`<tr>
          <th scope="row">${described(name)} <code>${name}</code></th>
          ${values.map((each) => html`<td><bdi dir="auto">${few(each.map((value) => inWords(name, value)), 6) || "–"}</bdi></td>`)}
          <td>${by.map((count, at) => (count === null ? nothing : html`<span>${typeof count === "number" ? signed(count) : count} with ${letter(at)}’s </span>`))}</td>
        </tr>`,
      )}
    </tbody>
  </table></div>
`;

/** @param {Comparison} told */
const told = (told) => html`
  <div class="compared ${comparison.pending.value ? "stale" : ""}">
    <div class="legend">
      ${told.counts.map((count, at) => html`<span><b class="key of-${at}">${letter(at)}</b> ${counted(count)}</span>`)}
      <span class="hint">${several(told.union, "contact")} together</span>
    </div>
    ${bars(told)}
    <ul class="regions">
      ${told.regions.map(
        (region) => html`<li><button aria-pressed=${String(search.value.region?.join() === region.in.join())} ?disabled=${region.count === 0} @click=${() => pick(region)}>
          <span>${worded(region, told.counts.length)}</span> <b>${counted(region.count)}</b> <span class="hint">${share(region.count, told.union)}</span></button></li>`,
      )}
    </ul>
    ${search.value.region ? html`<h3>Who that is</h3>${table()}` : nothing}
    ${told.parameters.length ? differences(told) : html`<p class="hint">They ask for the same.</p>`}
  </div>
`;

export const compare = () => {
  const { others } = search.value;
  const answer = comparison.answer.value;
  return html`
    <section class="compare" aria-label="Compare">
      <ol class="searches">
        <li><b class="key of-0">A</b> <span class="url" title=${target.value?.url ?? ""}>This search: ${asking(target.value?.url ?? "")}</span>${Object.keys(search.value.lists).length ? html` <span class="hint">without its lists of companies</span>` : nothing}</li>
        ${others.map(
          (url, at) => html`<li><b class="key of-${at + 1}">${letter(at + 1)}</b> <bdi class="url" title=${url}>${asking(url)}</bdi>
            ${cross(`Remove ${letter(at + 1)}`, () => put(others.filter((_, each) => each !== at)))}</li>`,
        )}
      </ol>
      ${others.length + 1 < MOST
        ? html`<form class="paste" @submit=${submit}><input name="other" aria-label="Address of another search" placeholder="Paste another search to compare with" autocomplete="off" spellcheck="false"><button class="primary">Compare</button></form>`
        : nothing}
      ${failed(complaint.value || comparison.failure.value.replace(/^urls\[(\d)\]/, (_, at) => letter(at)))}
      ${others.length && answer ? told(answer) : nothing}
    </section>
  `;
};
