/**
 * Who is signed in. The access token is here, in memory, and nowhere else; the refresh token is in a cookie that no
 * script can read, so that a reload does not sign anybody out.
 */

import { batch, signal } from "./vendor/signals-core/signals-core.module.js";

/** The page's own address, without what a proxy has before it, is what all others are relative to. @param {string} path */
export const address = (path) => new URL(path, document.baseURI).href;

/** A body as JSON, if there is one, and the headers of a request with it. @param {object} [body] @param {object} [headers] */
export const json = (body, headers) => ({ headers: { ...headers, ...(body && { "content-type": "application/json" }) }, body: body && JSON.stringify(body) });

/** What the service said no to, over HTTP. */
export class Declined extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const EARLY_SECONDS = 60;
const LONGEST_WAIT = 30_000;

export class Session {
  user = signal(/** @type {User | null} */ (null));

  /** `unknown` until the cookie was tried; `expired` if somebody was signed in a moment ago. */
  standing = signal(/** @type {"unknown" | "out" | "in" | "expired"} */ ("unknown"));

  /** Whether the service could not be asked who this is, and is to be asked again. */
  unreachable = signal(false);

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

  /** With a password, a new account or a code. @param {"login" | "register" | "redeem"} how @param {object} body */
  async enter(how, body) {
    this.#take(await (await this.#post(how, body)).json());
  }

  /** Rejects if the service could not be told: then the session holds, and nobody is to believe otherwise. */
  async signOut() {
    const told = this.#post("logout", undefined, this.#token);
    // Nobody renews meanwhile what is about to end.
    this.#refreshing = told.then(() => new Promise(() => {}), () => {});
    await told.catch((error) => {
      this.#refreshing = null;
      throw error;
    });
    // So that nothing of this user is left in the page's memory for the next.
    location.reload();
  }

  /** With the one-use code of a link, unless somebody is signed in already: nobody is made another user by a link. @param {string} code */
  async redeem(code) {
    await this.#refresh();
    if (this.standing.value !== "in") await this.enter("redeem", { code });
  }

  /** A request about accounts or for contacts, as whoever is signed in. @param {string} path @param {RequestInit} [how] */
  async fetch(path, how = {}) {
    const headers = { ...how.headers, authorization: `Bearer ${await this.token()}` };
    return checked(await fetch(address(path), { ...how, headers }));
  }

  /** One at a time, however many ask: a refresh token is used up by it. */
  #refresh() {
    this.#refreshing ??= (async () => {
      const before = this.#token;
      try {
        const response = await this.#post("refresh");
        // Without a cookie there is nobody to sign in, which is no error.
        if (response.status === 204) this.#leave(before);
        else this.#take(await response.json());
        this.unreachable.value = false;
      } catch (error) {
        this.unreachable.value = !(error instanceof Declined) || error.status === 429 || error.status >= 500;
        if (this.unreachable.value) throw error;
        this.#leave(before);
      } finally {
        this.#refreshing = null;
      }
    })();
    return this.#refreshing;
  }

  /** Unless somebody signed in meanwhile. @param {string} before the token that could not be renewed */
  #leave(before) {
    if (this.#token !== before) return;
    this.stale();
    this.standing.value = this.user.value ? "expired" : "out";
  }

  /** @param {string} what @param {object} [body] @param {string} [token] */
  async #post(what, body, token) {
    // So that the refresh token is in a cookie, for the page at this path, and in no answer.
    const headers = { "x-console-path": new URL(".", document.baseURI).pathname, ...(token && { authorization: `Bearer ${token}` }) };
    return checked(await fetch(address(`api/v2/auth/${what}`), { method: "POST", signal: AbortSignal.timeout(LONGEST_WAIT), ...json(body, headers) }));
  }

  /** @param {{user: User, role: string, access_token: string, expires_in: number}} issued */
  #take(issued) {
    const before = this.user.value;
    // Another tab may have signed in somebody else, or somebody may do less than before: nothing of then is to be found here.
    if (before && (before.uuid !== issued.user.uuid || before.role !== issued.role)) return location.reload();
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
