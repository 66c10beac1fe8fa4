/** The searches that the user has saved, with how many contacts each found then and finds now. */

import { counted, dated, signed } from "../numbers.js";
import { change, dialog, listed, read, search, socket } from "../page.js";
import { LISTS } from "../search.js";
import { Question } from "../socket.js";
import { words } from "./export.js";
import { cross, effect, failed, html, nothing, question, signal, submitted, untracked } from "./parts.js";

const saved = new Question(socket, "saved_searches");
const saving = new Question(socket, "save_search");
const deleting = new Question(socket, "delete_search");

/** The name of the search of which it is asked whether to delete it. */
const doomed = signal("");

export const listen = () =>
  effect(() => {
    if (dialog.value !== "saved") return;
    untracked(() => {
      doomed.value = "";
      saved.ask({});
    });
  });

/** Whether what is listed is a part of a comparison, which the words of the search don't tell. */
const picked = () => listed.value !== null && "combine" in listed.value;

/** The URLs of a search, those first that it finds, if they are as many as can be compared on the page. @param {SavedSearch} one */
function urlsOf({ url, combine }) {
  const { any = [], all = [], not = [] } = combine ?? {};
  const urls = url === null ? [...any, ...all, ...not] : [url];
  return urls.length <= 3 && any.length <= 1 ? urls : [];
}

/** @param {SavedSearch} one */
async function open(one) {
  const [url, ...others] = urlsOf(one);
  const found = (one.combine?.any?.length ?? 0) + (one.combine?.all?.length ?? 0);
  dialog.value = "";
  const first = await read(url);
  if (!first) return;
  const lists = Object.fromEntries(LISTS.filter((name) => one[name]).map((name) => [name, /** @type {string[]} */ (one[name])]));
  const compared = { others, view: /** @type {const} */ ("compare"), region: [...Array(found).keys()] };
  change({ ...first, lists, perCompany: one.per_company ?? null, ...(others.length && compared) });
}

const save = submitted(async ({ name }, form) => {
  const answer = await saving.ask({ ...listed.value, name }, true);
  if (answer) {
    saved.answer.value = answer;
    form.reset();
  }
});

/** @param {SavedSearch} one */
async function remove(one) {
  doomed.value = "";
  const answer = await deleting.ask({ name: one.name }, true);
  if (answer) saved.answer.value = answer;
}

/** @param {SavedSearch} one */
const row = (one) => {
  const { count_then: then, count_now: now } = one;
  const by = typeof then === "number" && typeof now === "number" ? now - then : 0;
  return html`<tr>
    <th scope="row">${urlsOf(one).length
      ? html`<button class="link" @click=${() => open(one)}><bdi dir="auto">${one.name}</bdi></button>`
      : html`<bdi dir="auto">${one.name}</bdi> <span class="hint">several searches together</span>`}</th>
    <td>${dated(one.saved_at)}</td>
    <td class="figure" data-label="Found then">${counted(then)}</td>
    <td class="figure" data-label="Finds now">${counted(now)}${by ? html` <span class="more">${signed(by)}</span>` : nothing}</td>
    <td>${cross(`Delete ${one.name}`, () => (doomed.value = one.name), "Delete…")}</td>
  </tr>`;
};

export const savedDialog = () => {
  const all = saved.answer.value?.searches;
  const failure = saved.failure.value || saving.failure.value || deleting.failure.value;
  return html`
    <h2 id="title">Saved searches</h2>
    ${search.value.path
      ? html`<form class="line" @submit=${save}><label>${picked() ? "Save the part that is picked, as" : "Save this one as"} <input name="name" required maxlength="200" autocomplete="off" autofocus value=${picked() ? "" : words().join(", ").slice(0, 200)}></label> <button class="primary">Save</button></form>`
      : nothing}
    ${failed(failure)}
    ${!all
      ? html`<p class="hint">${saved.pending.value ? "Counting them anew…" : ""}</p>`
      : all.length === 0
        ? html`<p class="hint">None yet. A saved search remembers how many contacts it found, so you see what a new load brings.</p>`
        : html`<div class="scroll" tabindex="0"><table class="stacked">
            <thead><tr><th scope="col">Search</th><th scope="col">Saved</th><th scope="col" class="figure">Found then</th><th scope="col" class="figure">Finds now</th><th><span class="spoken">Delete</span></th></tr></thead>
            <tbody>${all.map(row)}</tbody>
          </table></div>`}
    ${all?.filter(({ name }) => name === doomed.value).map((one) => question(html`Delete <b><bdi dir="auto">${one.name}</bdi></b>? There is no way back.`, "Yes, delete", () => remove(one), () => (doomed.value = "")))}
  `;
};
