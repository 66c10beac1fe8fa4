/**
 * Who is signed in. The access token is here, in memory, and nowhere else; the refresh token is in a cookie that no
 * script can read, so that a reload does not sign anybody out.
 */

import { batch, signal } from "./vendor/signals-core/signals-core.module.js";

/** @typedef {import("./answers.js").User} User */

/** The page's own address, without what a proxy has before it, is what all others are relative to. @param {string} path */
export const address = (path) => new URL(path, document.baseURI).href;

/** What the service said no to, over HTTP. */
export class Declined extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const EARLY_SECONDS = 60;

export class Session {
  /** @type {import("./vendor/signals-core/signals-core.module.js").Signal<User | null>} */
  user = signal(null);

  /** `unknown` until the cookie was tried; `expired` if somebody was signed in a moment ago. */
  standing = signal(/** @type {"unknown" | "out" | "in" | "expired"} */ ("unknown"));

  /** Told each new access token. @type {(token: string) => void} */
  renewed = () => {};

  #token = "";
  #until = 0;
  #timer = 0;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  /** @type {(() => void)[]} */
  #entering = [];

  /** A token that holds, as soon as somebody is signed in. Rejects if the service can't be reached. */
  async token() {
    if (!this.#token || Date.now() > this.#until) await this.#refresh();
    if (!this.#token) await new Promise((resolve) => this.#entering.push(() => resolve(undefined)));
    return this.#token;
  }

  /** The token does not hold, whatever it says itself. */
  stale() {
    this.#token = "";
  }

  /** @param {string} email @param {string} password */
  signIn = (email, password) => this.#enter("login", { email, password });

  /** @param {string} email @param {string} password @param {string} name */
  register = (email, password, name) => this.#enter("register", { email, password, name });

  /** With the one-use code of a link. @param {string} code */
  signInWith = (code) => this.#enter("redeem", { code });

  async signOut() {
    const token = this.#token;
    batch(() => {
      this.stale();
      this.user.value = null;
      this.standing.value = "out";
    });
    await this.#post("logout", undefined, token).catch(() => {});
    // So that nothing of this user is left in the page's memory for the next.
    location.reload();
  }

  /** A request about accounts or for contacts, as whoever is signed in. @param {string} path @param {RequestInit} [how] */
  async fetch(path, how = {}) {
    const headers = { ...how.headers, authorization: `Bearer ${await this.token()}` };
    return checked(await fetch(address(path), { ...how, headers }));
  }

  /** @param {string} what @param {object} body */
  async #enter(what, body) {
    this.#take(await (await this.#post(what, body)).json());
  }

  /** One at a time, however many ask: a refresh token is used up by it. */
  #refresh() {
    this.#refreshing ??= (async () => {
      try {
        const response = await this.#post("refresh");
        // Without a cookie there is nobody to sign in, which is no error.
        if (response.status === 204) this.#leave();
        else this.#take(await response.json());
      } catch (error) {
        if (!(error instanceof Declined) || error.status === 429 || error.status >= 500) throw error;
        this.#leave();
      } finally {
        this.#refreshing = null;
      }
    })();
    return this.#refreshing;
  }

  #leave() {
    this.stale();
    this.standing.value = this.user.value ? "expired" : "out";
  }

  /** @param {string} what @param {object} [body] @param {string} [token] */
  async #post(what, body, token) {
    // So that the refresh token is in a cookie, for the page at this path, and in no answer.
    const path = { "x-console-path": new URL(".", document.baseURI).pathname };
    const headers = { ...path, ...(body && { "content-type": "application/json" }), ...(token && { authorization: `Bearer ${token}` }) };
    return checked(await fetch(address(`api/v2/auth/${what}`), { method: "POST", headers, body: body && JSON.stringify(body) }));
  }

  /** @param {{user: User, role: string, access_token: string, expires_in: number}} issued */
  #take(issued) {
    const left = Math.max(issued.expires_in - EARLY_SECONDS, issued.expires_in / 2) * 1000;
    this.#token = issued.access_token;
    this.#until = Date.now() + left;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#refresh().catch(() => {}), left);
    batch(() => {
      this.user.value = { ...issued.user, role: issued.role };
      this.standing.value = "in";
    });
    for (const enter of this.#entering.splice(0)) enter();
    this.renewed(this.#token);
  }
}

/** @param {Response} response */
async function checked(response) {
  if (response.ok) return response;
  const { detail } = await response.json().catch(() => ({ detail: "" }));
  throw new Declined(typeof detail === "string" && detail ? detail : `The service answered ${response.status}.`, response.status);
}
