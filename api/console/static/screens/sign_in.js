/** Signing in: before anything else, and in place where a session ended while somebody was at work. */

import { remark, session } from "../page.js";
import { address } from "../session.js";
import { failed, html, nothing, signal, submitted } from "./parts.js";

const failure = signal("");
const busy = signal(false);
const registering = signal(false);

/** Whether strangers may make an account for themselves. */
const open = signal(false);

export const listen = () =>
  fetch(address("console/about.json"))
    .then((response) => response.json())
    .then((about) => (open.value = about.registration === true))
    .catch(() => {});

const submit = submitted(async (fields, form) => {
  busy.value = true;
  failure.value = "";
  try {
    await session.enter(registering.value ? "register" : "login", fields);
    registering.value = false;
  } catch (error) {
    failure.value = /** @type {Error} */ (error).message;
    /** @type {HTMLElement | null} */ (form.querySelector("[type=password]"))?.focus();
  } finally {
    busy.value = false;
  }
});

const other = () => {
  registering.value = !registering.value;
  failure.value = "";
};

/** @param {string} email whose session ended; empty for anybody */
const form = (email) => html`
  <form class="sign-in" @submit=${submit}>
    ${registering.value ? html`<label>Name <input name="name" autocomplete="name"></label>` : nothing}
    ${email
      ? html`<input name="email" type="hidden" .value=${email}>`
      : html`<label>E-mail <input name="email" type="email" required autocomplete="username" autofocus></label>`}
    <label>
      Password
      <input name="password" type="password" required minlength=${registering.value ? 8 : nothing}
        autocomplete=${registering.value ? "new-password" : "current-password"}>
    </label>
    <p class="failure" role="alert">${failure.value}</p>
    <button class="primary" ?disabled=${busy.value}>${registering.value ? "Make an account" : "Sign in"}</button>
    ${email
      ? html`<button type="button" class="quiet" @click=${() => session.signOut().catch((error) => (failure.value = error.message))}>Sign in as somebody else</button>`
      : open.value
        ? html`<button type="button" class="quiet" @click=${other}>
          ${registering.value ? "I have an account" : "Make an account"}
        </button>`
        : nothing}
  </form>
`;

/** The whole page, for whom nobody knows. */
export const signIn = () => html`
  <main class="welcome">
    <h1>Contacts</h1>
    <p class="lead">Your own contacts, found with the searches you make in Apollo.</p>
    ${failed(remark.value)} ${form("")}
  </main>
`;

/** Above the page, which stays as it is. @param {string} email */
export const signInAgain = (email) => html`
  <dialog class="small again" aria-labelledby="again" @cancel=${(/** @type {Event} */ event) => event.preventDefault()}
    @close=${(/** @type {Event} */ event) => session.standing.value === "expired" && /** @type {HTMLDialogElement} */ (event.target).showModal()}>
    <h2 id="again">You were signed out</h2>
    <p>Nothing is lost: with your password it goes on here, <bdi>${email}</bdi>.</p>
    ${form(email)}
  </dialog>
`;
