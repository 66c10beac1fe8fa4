/** For administrators: who may use the service, and what for. */

import { adminTabs } from "./loads.js";
import { dialog, session } from "../page.js";
import { effect, signal, untracked } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../answers.js").User} User */

const ROLES = ["counter", "user", "admin"];
const PATH = "api/v2/auth/users";

const users = signal(/** @type {User[] | null} */ (null));
const failure = signal("");
/** The user whom another click on the same would delete. */
const sure = signal("");

export const listen = () =>
  effect(() => {
    if (dialog.value === "users") untracked(() => tried(async () => {}));
  });

/** Do something to the users, and see what became of them. @param {() => Promise<unknown>} deed */
async function tried(deed) {
  failure.value = sure.value = "";
  try {
    await deed();
    users.value = await (await session.fetch(PATH)).json();
  } catch (error) {
    failure.value = /** @type {Error} */ (error).message;
  }
}

/** @param {string} path @param {string} method @param {object} [body] */
const send = (path, method, body) =>
  session.fetch(path, { method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });

/** @param {User} user @param {object} what */
const alter = (user, what) => tried(() => send(`${PATH}/${encodeURIComponent(user.uuid)}`, "PATCH", what));

/** @param {User} user */
const remove = (user) =>
  sure.value === user.uuid ? tried(() => send(`${PATH}/${encodeURIComponent(user.uuid)}`, "DELETE")) : (sure.value = user.uuid);

/** @param {SubmitEvent} event */
function create(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  tried(async () => {
    await send(PATH, "POST", Object.fromEntries(new FormData(form)));
    form.reset();
  });
}

/** @param {User} user */
const row = (user) => {
  const own = user.uuid === session.user.value?.uuid;
  return html`<tr class=${user.active ? "" : "off"}>
    <th scope="row"><bdi>${user.email}</bdi></th>
    <td><bdi dir="auto">${user.name}</bdi></td>
    <td>
      <select aria-label="Role of ${user.email}" ?disabled=${own} @change=${(/** @type {Event} */ event) => alter(user, { role: /** @type {HTMLSelectElement} */ (event.target).value })}>
        ${ROLES.map((role) => html`<option value=${role} ?selected=${role === user.role}>${role}</option>`)}
      </select>
    </td>
    <td>
      ${own
        ? html`<span class="hint">you</span>`
        : html`<button class="quiet" @click=${() => alter(user, { active: !user.active })}>${user.active ? "Disable" : "Enable"}</button>
            <button class=${sure.value === user.uuid ? "danger" : "quiet"} @click=${() => remove(user)}>${sure.value === user.uuid ? "Yes, delete" : "Delete…"}</button>`}
    </td>
  </tr>`;
};

export const usersDialog = () => html`
  ${adminTabs("users")}
  <h2 id="title">Users</h2>
  ${failure.value ? html`<p class="failure" role="alert">${failure.value}</p>` : nothing}
  ${users.value
    ? html`<div class="scroll" tabindex="0"><table class="list">
        <thead><tr><th scope="col">E-mail</th><th scope="col">Name</th><th scope="col">Role</th><th><span class="spoken">What to do</span></th></tr></thead>
        <tbody>${users.value.map(row)}</tbody>
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
