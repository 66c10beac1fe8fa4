/** What is copied, and what was copied last. */

import { signal } from "./vendor/signals-core/signals-core.module.js";

export const copied = signal("");

/** Where the page is not served by HTTPS, browsers have the older way only. @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  copied.value = text;
}
