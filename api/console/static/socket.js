/**
 * One WebSocket for all that the page asks: many requests at once, each answered when it is done. It comes back by itself,
 * and asks again what was not answered: requests only read, but for those of whoever asks with `once`.
 */

import { batch, signal } from "./vendor/signals-core/signals-core.module.js";

/** An error that the service answered. `code` is its, such as `forbidden`. */
export class Refused extends Error {
  /** @param {string} message @param {string} code */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** What became of a request in whose place another was sent. */
export class Superseded extends Error {}

/** @typedef {{message: string, bytes: number, once: boolean, sent: number, slot: string, part: (data: any) => void, resolve: (data: any) => void, reject: (error: Error) => void}} Waiting */

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;
const EXPIRED = 4401;
const TOO_LARGE = 1009;

/** Bytes of a message that may be too large where nothing says so, as its host is still sending when the service hangs up. */
const LARGE = 65_536;
/** How often such a one is sent. */
const MOST_TRIES = 3;

const encoder = new TextEncoder();

const tooMuch = () => new Refused("This is more than the service takes at once.", "too_large");

export class Socket {
  /** Whether it is there: `false` also while it is being opened. */
  open = signal(false);

  /** Whether it was lost and has not come back. */
  lost = signal(false);

  #address;
  #session;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, Waiting>} */
  #waiting = new Map();
  #lastId = 0;
  /** Bytes of the largest message that went over this connection. */
  #largest = 0;
  /** Bytes of the smallest message of which it is known that the service refuses it. */
  #refused = Infinity;
  #wait = FIRST_WAIT;
  #retry = 0;

  /**
   * @param {string} address
   * @param {{token: () => Promise<string>, stale: () => void}} session where tokens come from, and who is told that one
   *   does not hold
   */
  constructor(address, session) {
    this.#address = address;
    this.#session = session;
    window.addEventListener("online", () => this.#again(0));
  }

  /**
   * The `data` of the answer.
   *
   * @param {string} action
   * @param {object} data
   * @param {{slot?: string, once?: boolean, part?: (data: any) => void}} [how] `slot`: an earlier request there, if it is not
   *   answered, is cancelled. `once`: it is not sent again. `part` takes each part of a stream.
   * @returns {Promise<any>} rejected with `Refused` or `Superseded`
   */
  ask(action, data, { slot = "", once = false, part = () => {} } = {}) {
    if (slot) this.cancel(slot);
    const id = String(++this.#lastId);
    const message = JSON.stringify({ action, request_id: id, data });
    const bytes = encoder.encode(message).length;
    if (bytes >= this.#refused) return Promise.reject(tooMuch());
    return new Promise((resolve, reject) => {
      const waiting = { message, bytes, once, sent: 0, slot, part, resolve, reject };
      this.#waiting.set(id, waiting);
      this.#send(waiting);
    });
  }

  /** End what was asked in a slot, at the service too. @param {string} slot */
  cancel(slot) {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.slot !== slot) continue;
      this.#waiting.delete(id);
      waiting.reject(new Superseded());
      const message = { action: "cancel", request_id: `cancel-${id}`, data: { request_id: id } };
      if (waiting.sent && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
    }
  }

  /** Let the connection live on with another token. @param {string} token */
  renew(token) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ action: "authenticate", request_id: "renewal", data: { token } }));
    }
  }

  /** Lose the connection, as networks do. */
  drop() {
    this.#socket?.close();
  }

  /** End the connection, as after signing out; the next request opens another. */
  close() {
    this.#socket?.close();
    for (const waiting of this.#waiting.values()) waiting.reject(new Superseded());
    this.#waiting.clear();
  }

  /** Be connected, as soon as there is a token. */
  async connect() {
    if (this.#socket) return;
    // In its place until there is one, so that there is one at a time.
    const socket = (this.#socket = /** @type {WebSocket} */ (/** @type {unknown} */ ({ readyState: 0, close() {} })));
    try {
      const token = await this.#session.token();
      if (this.#socket === socket) this.#opened(new WebSocket(this.#address, ["bearer", token]));
    } catch {
      this.#again(this.#later());
    }
  }

  /** @param {WebSocket} socket */
  #opened(socket) {
    let lived = false;
    this.#socket = socket;
    socket.onopen = () => {
      lived = this.open.value = true;
      this.lost.value = false;
      this.#largest = 0;
      for (const waiting of this.#waiting.values()) this.#send(waiting);
    };
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = ({ code }) => {
      this.open.value = false;
      this.lost.value = true;
      // Browsers don't tell a handshake that was refused for its token from a host that is not there.
      if (code === EXPIRED || !lived) this.#session.stale();
      // Which of several it was, nobody says; the largest was, even if it was given up meanwhile.
      const again = this.#largest > LARGE && [...this.#waiting.values()].some(({ sent, bytes }) => sent >= MOST_TRIES && bytes === this.#largest);
      if (code === TOO_LARGE || again) this.#refused = Math.min(this.#refused, this.#largest);
      for (const [id, waiting] of this.#waiting) {
        const much = waiting.bytes >= this.#refused;
        if (!much && !(waiting.once && waiting.sent)) continue;
        this.#waiting.delete(id);
        waiting.reject(much ? tooMuch() : new Refused("The connection was lost; nobody knows whether this was done.", "lost"));
      }
      this.#again(code === EXPIRED ? 0 : this.#later());
    };
  }

  #later() {
    const wait = this.#wait * (0.5 + Math.random() / 2);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
    return wait;
  }

  /** @param {number} wait milliseconds */
  #again(wait) {
    if (this.#socket && this.#socket.readyState === WebSocket.OPEN) return;
    window.clearTimeout(this.#retry);
    this.#socket = null;
    this.#retry = window.setTimeout(() => this.connect(), wait);
  }

  /** @param {Waiting} waiting */
  #send(waiting) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      waiting.sent++;
      this.#largest = Math.max(this.#largest, waiting.bytes);
      this.#socket.send(waiting.message);
    } else this.connect();
  }

  /** @param {{request_id: string | null, status: string, data: any, error?: {message: string, code: string}}} answer */
  #take({ request_id, status, data, error }) {
    // Whoever answers is there again.
    this.#wait = FIRST_WAIT;
    const waiting = this.#waiting.get(request_id ?? "");
    if (!waiting) return;
    if (status === "partial") return waiting.part(data);
    this.#waiting.delete(request_id ?? "");
    if (status === "success") waiting.resolve(data);
    else waiting.reject(new Refused(error?.message ?? "", error?.code ?? ""));
  }
}

/** One kind of question to the service, of which the last one asked counts. @template {keyof Answers} A */
export class Question {
  /** The last answer, which stays until what was asked next is answered, or fails. @type {Signal<Answers[A] | null>} */
  answer = signal(null);

  /** Whether it is older than what was asked last. */
  pending = signal(false);

  /** What the service said in place of an answer; empty if it answered. */
  failure = signal("");

  #socket;
  #action;
  #slot;
  #asked = 0;

  /**
   * @param {Socket} socket
   * @param {A} action
   * @param {string} [slot] of this question alone
   */
  constructor(socket, action, slot = action) {
    this.#socket = socket;
    this.#action = action;
    this.#slot = slot;
  }

  /**
   * The answer; null if there is none, or another was asked meanwhile.
   *
   * @param {object} data
   * @param {boolean} [once] what changes something: it is not sent again
   * @returns {Promise<Answers[A] | null>}
   */
  async ask(data, once = false) {
    const mine = ++this.#asked;
    this.pending.value = true;
    try {
      const answer = await this.#socket.ask(this.#action, data, { slot: this.#slot, once });
      if (mine !== this.#asked) return null;
      this.#end(answer, "");
      return answer;
    } catch (error) {
      if (mine === this.#asked && !(error instanceof Superseded)) {
        this.#end(null, /** @type {Error} */ (error).message);
      }
      return null;
    }
  }

  /** As if it had never been asked. */
  forget() {
    this.#asked++;
    this.#socket.cancel(this.#slot);
    this.#end(null, "");
  }

  /** @param {Answers[A] | null} answer @param {string} failure */
  #end(answer, failure) {
    batch(() => {
      this.answer.value = answer;
      this.failure.value = failure;
      this.pending.value = false;
    });
  }
}
