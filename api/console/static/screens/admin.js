/** For administrators: which contacts are live and which could be, whether all is well, and who the users are. */

import { counted, dated, several, share, worded } from "../numbers.js";
import { again, dialog, session, socket } from "../page.js";
import { address, json } from "../session.js";
import { Question } from "../socket.js";
import { effect, failed, html, nothing, question, signal, single, submitted, typed, untracked } from "./parts.js";

const loads = new Question(socket, "loads");
const going = new Question(socket, "loads", "going");

const health = signal("");

/** The name of the load that another click makes live. */
const chosen = signal("");

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
      chosen.value = told.value = "";
      forPassword("");
      if (shown === "users") tried(async () => {});
      if (shown === "loads") {
        loads.ask({});
        look();
      }
    });
  });

/** By its name, so that it is this one, whatever else goes live meanwhile. */
async function go() {
  const name = chosen.value;
  chosen.value = "";
  await going.ask({ go_to: name }, true);
  loads.ask({});
  again();
}

/** The way between both screens of administrators. @param {"loads" | "users"} here */
const adminTabs = (here) => html`
  <nav class="tabs" aria-label="Administration">
    ${/** @type {const} */ (["loads", "users"]).map(
      (name) => html`<button aria-current=${name === here ? "page" : "false"} @click=${() => (dialog.value = name)}>${worded(name)}</button>`,
    )}
  </nav>
`;

/** Of a load, in the order of the columns. */
const FIGURES = /** @type {const} */ (["contacts", "rows", "repeated", "rejected", "repaired"]);

/** When it was finished; of one that does not say, its name. @param {Load} load */
const called = (load) => (load.finished_at ? dated(load.finished_at) : load.name);

/** @param {Load} load @param {boolean} newer than the live one */
const row = (load, newer) => html`<tr class=${load.live ? "live" : ""}>
  <th scope="row"><bdi>${called(load)}</bdi></th>
  ${FIGURES.map((name) => html`<td class="figure" data-label=${worded(name)}>${counted(load[name])}</td>`)}
  <td>${load.live
    ? html`<b class="badge">live</b>`
    : load.contacts === null
      ? nothing
      : html`<button class="plainly" aria-label="${newer ? "Go on" : "Go back"} to the load of ${called(load)}" @click=${() => (chosen.value = load.name)}>${newer ? "Go on to it…" : "Go back to it…"}</button>`}</td>
</tr>`;

/** Whether another load is to be live, with what that means. @param {Load} live @param {Load} other */
const instead = (live, other) =>
  question(
    html`Make the <b>${several(other.contacts ?? 0, "contact")}</b> of <b><bdi>${called(other)}</bdi></b> live, in place of the ${counted(live.contacts)} of <bdi>${called(live)}</bdi>?
      All searches see them at once. The load that is live now is kept until contacts are loaded anew: until then there is a way back to it, here.`,
    "Yes, make it live",
    go,
    () => (chosen.value = ""),
  );

/** One load beside another, field by field. @param {Load} live @param {Load | undefined} other @param {string} title of the other */
const filled = (live, other, title) => html`
  <h3>Filled fields</h3>
  <div class="scroll tall" tabindex="0"><table>
    <thead><tr><th scope="col">Field</th>${other ? html`<th scope="col" class="figure">${title}</th>` : nothing}<th scope="col" class="figure">Live</th></tr></thead>
    <tbody>
      ${[...new Set([...Object.keys(live.filled ?? {}), ...Object.keys(other?.filled ?? {})])].map((name) => {
        const [now, then] = [live.filled?.[name] ?? 0, other?.filled?.[name] ?? 0];
        return html`<tr class=${other && now < then - 0.05 ? "worse" : ""}><th scope="row">${worded(name)}</th>${other ? html`<td class="figure">${share(then, 1)}</td>` : nothing}<td class="figure">${share(now, 1)}</td></tr>`;
      })}
    </tbody>
  </table></div>
`;

export const loadsDialog = () => {
  const all = loads.answer.value?.loads ?? [];
  const at = all.findIndex((load) => load.live);
  const other = all.find((load) => load.name === chosen.value);
  return html`
    ${adminTabs("loads")}
    <h2 id="title" class="spoken">Loads</h2>
    <p class="hint" role="status">${health.value}</p>
    ${failed(loads.failure.value || going.failure.value)}
    ${all.length
      ? html`<div class="scroll" tabindex="0"><table class="stacked">
          <thead><tr><th scope="col">Finished</th>${FIGURES.map((name) => html`<th scope="col" class="figure">${worded(name)}</th>`)}<th><span class="spoken">What to do</span></th></tr></thead>
          <tbody>${all.map((load, nth) => row(load, nth > at)).reverse()}</tbody>
        </table></div>
        <p class="hint">Repeated rows are of a contact that an earlier row had, rejected ones were not loaded. Repaired are values that could not be read.</p>`
      : nothing}
    ${at >= 0 && other ? instead(all[at], other) : nothing}
    ${at >= 0 && all[at].filled ? filled(all[at], other ?? all[at - 1], other ? "There" : "Before") : nothing}
  `;
};

/** What users may do → in words. @type {[string, string][]} */
const ROLES = [
  ["counter", "sees how many contacts there are"],
  ["user", "who they are, too"],
  ["admin", "loads and users besides"],
];
const PATH = "api/v2/auth/users";

const users = signal(/** @type {User[] | null} */ (null));
const complaint = signal("");
/** What was done, where the list does not show it. */
const told = signal("");
/** The uuid of the user of whom it is asked whether to delete them, and of the one who is given a new password. */
const doomed = signal("");
const renewed = signal("");
/** What is typed for that one alone. */
const password = signal("");
/** How much is being done to the users: meanwhile nothing is done twice. */
const busy = signal(0);

/** Do something to the users, and see what became of them. @param {() => Promise<unknown>} deed */
async function tried(deed) {
  busy.value++;
  complaint.value = doomed.value = told.value = "";
  try {
    await deed();
    users.value = await (await session.fetch(PATH)).json();
  } catch (error) {
    complaint.value = /** @type {Error} */ (error).message;
  } finally {
    busy.value--;
  }
}

/** Ask for a new password of a user; empty: of none. @param {string} uuid */
function forPassword(uuid) {
  password.value = "";
  renewed.value = uuid;
}

/** @param {User} user @param {string} method @param {object} [what] */
const alter = (user, method, what) => tried(() => session.fetch(`${PATH}/${encodeURIComponent(user.uuid)}`, { method, ...json(what) }));

const create = submitted(async (fields, form) => {
  await tried(async () => {
    await session.fetch(PATH, { method: "POST", ...json(fields) });
    form.reset();
  });
  if (!complaint.value) told.value = `${fields.email} can sign in now: tell them the password.`;
});

/** @param {User} user */
const renew = (user) =>
  submitted(async (fields) => {
    await alter(user, "PATCH", fields);
    if (complaint.value) return;
    forPassword("");
    told.value = `${user.email} has the new password, and was signed out everywhere: tell it to them.`;
  });

/** @param {User} user */
const renewal = (user) => html`
  <form class="line question" @submit=${renew(user)}>
    <label>New password of ${user.email} <input name="password" type="password" required minlength="8" autocomplete="new-password" autofocus .value=${password.value} @input=${typed((text) => (password.value = text))}></label>
    <button class="primary" ?disabled=${busy.value > 0}>Set it</button>
    <button type="button" class="quiet" @click=${() => forPassword("")}>Cancel</button>
  </form>
`;

/** @param {User} user */
const deletion = (user) =>
  question(html`Delete <b><bdi>${user.email}</bdi></b>, with all saved searches? There is no way back.`, "Yes, delete", () => alter(user, "DELETE"), () => (doomed.value = ""));

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
        ${ROLES.map(([role]) => html`<option value=${role} .selected=${role === user.role}>${role}</option>`)}
      </select>
    </td>
    <td>
      ${own
        ? html`<span class="hint">you</span>`
        : html`<button class="quiet" @click=${single(() => alter(user, "PATCH", { active: !user.active }))}>${user.active ? "Disable" : "Enable"}</button>
            <button class="quiet" @click=${() => forPassword(user.uuid)}>Password…</button>
            <button class="quiet" @click=${() => (doomed.value = user.uuid)}>Delete…</button>`}
    </td>
  </tr>`;
};

export const usersDialog = () => html`
  ${adminTabs("users")}
  <h2 id="title" class="spoken">Users</h2>
  <p class="hint">${ROLES.map(([role, what], at) => html`${at ? "; " : ""}<b>${role}</b>: ${what}`)}.</p>
  ${failed(complaint.value)}
  ${told.value ? html`<p role="status">${told.value}</p>` : nothing}
  ${users.value
    ? html`<div class="scroll" tabindex="0"><table class="stacked">
        <thead><tr><th scope="col">E-mail</th><th scope="col">Name</th><th scope="col">Role</th><th><span class="spoken">What to do</span></th></tr></thead>
        <tbody>${users.value.map(person)}</tbody>
      </table></div>`
    : nothing}
  ${users.value?.filter(({ uuid }) => uuid === renewed.value).map(renewal)}
  ${users.value?.filter(({ uuid }) => uuid === doomed.value).map(deletion)}
  <h3>A new user</h3>
  <form class="line" @submit=${create}>
    <label>E-mail <input name="email" type="email" required autocomplete="off"></label>
    <label>Name <input name="name" autocomplete="off"></label>
    <label>Password <input name="password" type="password" required minlength="8" autocomplete="new-password"></label>
    <label>Role <select name="role">${ROLES.map(([role]) => html`<option ?selected=${role === "user"}>${role}</option>`)}</select></label>
    <button class="primary" ?disabled=${busy.value > 0}>Create</button>
  </form>
`;
