// @ts-check
import { effect, signal } from "./vendor/signals-core/signals-core.module.js";
import { html, render } from "./vendor/lit-html/lit-html.js";

const title = signal("Contacts");
const place = /** @type {HTMLElement} */ (document.getElementById("console"));

effect(() => {
  render(html`<h1>${title.value}</h1>`, place);
});
