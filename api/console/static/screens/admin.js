/** For administrators: which contacts are live, what the load before them had, whether all is well, and who the users are. */

import { counted, dated, share, worded } from "../numbers.js";
import { again, dialog, session, socket } from "../page.js";
import { address, json } from "../session.js";
import { Question } from "../socket.js";
import { effect, failed, html, nothing, signal, single, submitted, untracked } from "./parts.js";

const loads = new Question(socket, "loads");
const rollback = new Question(socket, "loads", "rollback");

const health = signal("");
const sure = signal(false);

async function look() {
  health.value = "Looking…";
  try {
    const response = await fetch(address("health/ready"));
    const { status, detail } = await response.json();
    health.value = response.ok ? `All is well: the service is ${status}.` : String(detail);
  } catch {
    // As of a proxy that keeps this path to those inside.
    health.value = "The service answers. How it is can’t be asked from here.";
  }
}

export const listen = () =>
  effect(() => {
    const shown = dialog.value;
    untracked(() => {
      sure.value = false;
      if (shown === "users") tried(async () => {});
      if (shown === "loads") {
        loads.ask({});
        look();
      }
    });
  });

const rollBack = single(async () => {
  sure.value = !sure.value;
  if (sure.value) return;
  await rollback.ask({ rollback: true }, true);
  loads.ask({});
  again();
});

/** The way between both screens of administrators. @param {"loads" | "users"} here */
const adminTabs = (here) => html`
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
        return html`<tr class=${before && now < then - 0.05 ? "worse" : ""}><th scope="row">${worded(name)}</th>${before ? html`<td class="figure">${share(then, 1)}</td>` : nothing}<td class="figure">${share(now, 1)}</td></tr>`;
      })}
    </tbody>
  </table></div>
`;

export const loadsDialog = () => {
  const all = loads.answer.value?.loads ?? [];
  const at = all.findIndex((load) => load.live);
  return html`
    ${adminTabs("loads")}
    <h2 id="title" class="spoken">Loads</h2>
    <p class="hint" role="status">${health.value}</p>
    ${failed(loads.failure.value || rollback.failure.value)}
    ${all.length
      ? html`<div class="scroll" tabindex="0"><table class="list">
          <thead><tr><th scope="col">Finished</th>${["Contacts", "Rows", "Repeated", "Rejected", "Repaired"].map((title) => html`<th scope="col" class="figure">${title}</th>`)}</tr></thead>
          <tbody>${[...all].reverse().map(row)}</tbody>
        </table></div>`
      : nothing}
    ${at > 0
      ? html`<p class="deeds"><span class="hint">${sure.value ? "All searches will see the contacts of the load before." : ""}</span><button class=${sure.value ? "danger" : "quiet"} @click=${rollBack}>${sure.value ? "Yes, go back" : "Go back to the load before…"}</button></p>`
      : nothing}
    ${at >= 0 && all[at].filled ? filled(all[at], all[at - 1]) : nothing}
  `;
};

const ROLES = ["counter", "user", "admin"];
const PATH = "api/v2/auth/users";

const users = signal(/** @type {User[] | null} */ (null));
const complaint = signal("");
/** The user whom another click on the same would delete. */
const doomed = signal("");

/** Do something to the users, and see what became of them. @param {() => Promise<unknown>} deed */
async function tried(deed) {
  complaint.value = doomed.value = "";
  try {
    await deed();
    users.value = await (await session.fetch(PATH)).json();
  } catch (error) {
    complaint.value = /** @type {Error} */ (error).message;
  }
}

/** @param {User} user @param {string} method @param {object} [what] */
const alter = (user, method, what) => tried(() => session.fetch(`${PATH}/${encodeURIComponent(user.uuid)}`, { method, ...json(what) }));

/** @param {User} user */
const remove = (user) => (doomed.value === user.uuid ? alter(user, "DELETE") : (doomed.value = user.uuid));

const create = submitted((fields, form) =>
  tried(async () => {
    await session.fetch(PATH, { method: "POST", ...json(fields) });
    form.reset();
  }),
);

/** The field shows the role that the user has, until that is another. @param {Event} event @param {User} user */
function promote(event, user) {
  const field = /** @type {HTMLSelectElement} */ (event.target);
  const role = field.value;
  field.value = user.role ?? "";
  alter(user, "PATCH", { role });
}

/** @param {User} user */
const person = (user) => {
  const own = user.uuid === session.user.value?.uuid;
  return html`<tr class=${user.active ? "" : "off"}>
    <th scope="row"><bdi>${user.email}</bdi></th>
    <td><bdi dir="auto">${user.name}</bdi></td>
    <td>
      <select aria-label="Role of ${user.email}" ?disabled=${own} @change=${(/** @type {Event} */ event) => promote(event, user)}>
        ${ROLES.map((role) => html`<option value=${role} .selected=${role === user.role}>${role}</option>`)}
      </select>
    </td>
    <td>
      ${own
        ? html`<span class="hint">you</span>`
        : html`<button class="quiet" @click=${() => alter(user, "PATCH", { active: !user.active })}>${user.active ? "Disable" : "Enable"}</button>
            <button class=${doomed.value === user.uuid ? "danger" : "quiet"} @click=${single(() => remove(user))}>${doomed.value === user.uuid ? "Yes, delete" : "Delete…"}</button>`}
    </td>
  </tr>`;
};

export const usersDialog = () => html`
  ${adminTabs("users")}
  <h2 id="title" class="spoken">Users</h2>
  ${failed(complaint.value)}
  ${users.value
    ? html`<div class="scroll" tabindex="0"><table class="list">
        <thead><tr><th scope="col">E-mail</th><th scope="col">Name</th><th scope="col">Role</th><th><span class="spoken">What to do</span></th></tr></thead>
        <tbody>${users.value.map(person)}</tbody>
      </table></div>`
    : nothing}
  <h3>Another</h3>
  <form class="line" @submit=${create}>
    <label>E-mail <input name="email" type="email" required autocomplete="off"></label>
    <label>Name <input name="name" autocomplete="off"></label>
    <label>Password <input name="password" type="password" required minlength="8" autocomplete="new-password"></label>
    <label>Role <select name="role">${ROLES.map((role) => html`<option ?selected=${role === "user"}>${role}</option>`)}</select></label>
    <button class="primary">Create</button>
  </form>
`;
