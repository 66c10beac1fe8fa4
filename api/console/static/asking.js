/** One kind of question to the service, of which the last one asked counts. */

import { batch, signal } from "./vendor/signals-core/signals-core.module.js";
import { Superseded } from "./socket.js";

/**
 * @template T
 * @typedef {import("./vendor/signals-core/signals-core.module.js").Signal<T>} Signal
 */

/** @template T */
export class Question {
  /** The last answer, which stays until there is another. @type {Signal<T | null>} */
  answer = signal(null);

  /** Whether it is older than what was asked last. */
  pending = signal(false);

  /** What the service said in place of an answer; empty if it answered. */
  failure = signal("");

  #ask;
  #arrived;
  #asked = 0;

  /**
   * @param {import("./socket.js").Socket} socket
   * @param {string} action
   * @param {string} slot of this question alone
   * @param {(answer: T) => void} [arrived] told each answer before anybody else
   */
  constructor(socket, action, slot, arrived = () => {}) {
    this.#arrived = arrived;
    this.#ask = (/** @type {object} */ data) => socket.ask(action, data, { slot });
    this.cancel = () => {
      socket.cancel(slot);
      this.pending.value = false;
    };
  }

  /** @param {object} data @returns {Promise<T | null>} the answer; null if there is none, or another was asked meanwhile */
  async ask(data) {
    const mine = ++this.#asked;
    this.pending.value = true;
    try {
      const answer = await this.#ask(data);
      if (mine !== this.#asked) return null;
      this.#arrived(answer);
      this.#end(answer, "");
      return answer;
    } catch (error) {
      if (mine === this.#asked && !(error instanceof Superseded)) {
        this.#end(this.answer.value, /** @type {Error} */ (error).message);
      }
      return null;
    }
  }

  /** As if nothing had been asked. */
  forget() {
    this.#asked++;
    this.cancel();
    this.#end(null, "");
  }

  /** @param {T | null} answer @param {string} failure */
  #end(answer, failure) {
    batch(() => {
      this.answer.value = answer;
      this.failure.value = failure;
      this.pending.value = false;
    });
  }
}
