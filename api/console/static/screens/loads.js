/** For administrators: which contacts are live, what the load before them had, and whether the service is well. */

import { Question } from "../asking.js";
import { counted, dated, portion, worded } from "../numbers.js";
import { dialog, socket } from "../page.js";
import { address } from "../session.js";
import { effect, signal, untracked } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../answers.js").Load} Load */

/** @type {Question<{loads: Load[]}>} */
const loads = new Question(socket, "loads", "loads");

const health = signal("");
const sure = signal(false);

async function look() {
  health.value = "Looking…";
  try {
    const response = await fetch(address("health/ready"));
    const { status, detail } = await response.json();
    health.value = response.ok ? `All is well: the service is ${status}.` : String(detail);
  } catch {
    health.value = "The service can’t be reached.";
  }
}

export const listen = () =>
  effect(() => {
    if (dialog.value !== "loads") return;
    untracked(() => {
      sure.value = false;
      loads.ask({});
      look();
    });
  });

async function rollBack() {
  if (!sure.value) return (sure.value = true);
  sure.value = false;
  await loads.ask({ rollback: true });
}

/** The way between both screens of administrators. @param {"loads" | "users"} here */
export const adminTabs = (here) => html`
  <nav class="tabs" aria-label="Administration">
    ${/** @type {const} */ (["loads", "users"]).map(
      (name) => html`<button aria-current=${name === here ? "page" : "false"} @click=${() => (dialog.value = name)}>${worded(name)}</button>`,
    )}
  </nav>
`;

/** @param {Load} load */
const row = (load) => html`<tr class=${load.live ? "live" : ""}>
  <th scope="row"><bdi>${load.finished_at ? dated(load.finished_at) : load.name}</bdi>${load.live ? html` <b class="badge">live</b>` : nothing}</th>
  ${[load.contacts, load.rows, load.repeated, load.rejected, load.repaired].map((number) => html`<td class="figure">${counted(number)}</td>`)}
</tr>`;

/** Before and after, field by field. @param {Load} live @param {Load | undefined} before */
const filled = (live, before) => html`
  <h3>Filled fields</h3>
  <div class="scroll tall" tabindex="0"><table class="list">
    <thead><tr><th scope="col">Field</th>${before ? html`<th scope="col" class="figure">Before</th>` : nothing}<th scope="col" class="figure">Live</th></tr></thead>
    <tbody>
      ${[...new Set([...Object.keys(live.filled ?? {}), ...Object.keys(before?.filled ?? {})])].map((name) => {
        const [now, then] = [live.filled?.[name] ?? 0, before?.filled?.[name] ?? 0];
        return html`<tr class=${before && now < then - 0.05 ? "worse" : ""}><th scope="row">${worded(name)}</th>${before ? html`<td class="figure">${portion(then)}</td>` : nothing}<td class="figure">${portion(now)}</td></tr>`;
      })}
    </tbody>
  </table></div>
`;

export const loadsDialog = () => {
  const all = loads.answer.value?.loads ?? [];
  const at = all.findIndex((load) => load.live);
  return html`
    ${adminTabs("loads")}
    <h2 id="title">Loads</h2>
    <p class="hint" role="status">${health.value}</p>
    ${loads.failure.value ? html`<p class="failure" role="alert">${loads.failure.value}</p>` : nothing}
    ${all.length
      ? html`<div class="scroll" tabindex="0"><table class="list">
          <thead><tr><th scope="col">Finished</th>${["Contacts", "Rows", "Repeated", "Rejected", "Repaired"].map((title) => html`<th scope="col" class="figure">${title}</th>`)}</tr></thead>
          <tbody>${[...all].reverse().map(row)}</tbody>
        </table></div>`
      : nothing}
    ${at > 0
      ? html`<p class="deeds"><span class="hint">${sure.value ? "All searches will see the contacts of the load before." : ""}</span><button class=${sure.value ? "danger" : "quiet"} @click=${rollBack}>${sure.value ? "Yes, go back to the load before" : "Go back to the load before…"}</button></p>`
      : nothing}
    ${at >= 0 && all[at].filled ? filled(all[at], all[at - 1]) : nothing}
  `;
};
