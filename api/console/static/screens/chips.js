/** How the search was understood: its parameters by category, what each finds and costs, and what was not used. */

import { add } from "./add.js";
import { change, current, dialog, explanation, known, search } from "../page.js";
import { briefly, counted, numeric, signed } from "../numbers.js";
import { OPPOSITE, edited, keyOf, parametersOf, toggled, toggledValue } from "../reading.js";
import { code, cross, meter, typed } from "./parts.js";
import { signal } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../reading.js").ReadParameter} ReadParameter */
/** @typedef {import("../reading.js").ReadValue} ReadValue */

const MOST = 12;

/** Which long parameter is looked through in the dialog. */
const long = signal("");

/** @param {readonly [string, string | null][]} removed @param {readonly [string, string][]} [added] */
const edit = (removed, added = []) => current.value && change(edited(search.value, current.value, removed, added));

/** @param {string} name @param {string} value */
const remove = (name, value) => edit([[name, value]]);

/** @param {string} name @param {string} opposite @param {ReadValue[]} values */
const negate = (name, opposite, values) =>
  edit(values.map(({ value }) => [name, value]), values.map(({ value }) => [opposite, value]));

/** @param {KeyboardEvent} event @param {string} name @param {ReadValue} value */
function keys(event, name, value) {
  const opposite = OPPOSITE.get(name);
  if (event.key === "Delete" || event.key === "Backspace") remove(name, value.value);
  else if (event.key === "n" && opposite) negate(name, opposite, [value]);
  else return;
  event.preventDefault();
}

/** One value, as a chip. @param {ReadParameter} parameter @param {ReadValue} value */
const chip = ({ name, values }, value) => {
  const opposite = OPPOSITE.get(name);
  const count = known.get(keyOf(name, value.shown)) ?? known.get(keyOf(name, value.value));
  const mute = () => change(toggledValue(search.value, name, value.value, values.map((each) => each.value)));
  const click = (/** @type {MouseEvent} */ event) => (event.altKey && opposite ? negate(name, opposite, [value]) : mute());
  return html`
    <li class="chip ${value.off ? "off" : ""} ${value.status}">
      <button aria-pressed=${String(!value.off)} title=${value.reason} @click=${click} @keydown=${(/** @type {KeyboardEvent} */ event) => keys(event, name, value)}>
        <bdi>${value.shown || "(empty)"}</bdi>${value.status === "approximated" ? html`<span class="sign" aria-label="approximately"> ≈</span>` : nothing}
        ${count === undefined ? nothing : html`<span class="count">${briefly(count)}</span>`}
      </button>
      ${opposite
        ? html`<button class="icon opposite" aria-label="Turn ${value.shown} into its opposite" title="Turn into its opposite" @click=${() => negate(name, opposite, [value])}>≠</button>`
        : nothing}
      ${cross(`Remove ${value.shown}`, () => remove(name, value.value))}
    </li>
  `;
};

/** What it costs, in words and as a bar: of whom it lets through, of those who pass everything else. @param {import("../answers.js").Explained | undefined} told */
const cost = (told) => {
  const whole = explanation.answer.value;
  if (!told || !whole) return nothing;
  const more = numeric(told.without) - numeric(whole.count);
  return html`
    <p class="cost">
      ${numeric(told.without) ? meter(numeric(whole.count), numeric(told.without)) : nothing}
      <span title="Contacts that have it, whatever else is asked">${counted(told.count)} have it</span>
      <span>without it <b>${counted(told.without)}</b>${more > 0 ? html` <span class="more">${signed(more)}</span>` : nothing}</span>
    </p>
  `;
};

/** @param {ReadParameter} parameter */
const notes = ({ values }) => {
  const repaired = values.filter(({ status, read_as: read, value }) => status === "repaired" && read !== null && read !== value);
  const approximated = [...new Set(values.filter(({ status }) => status === "approximated").map(({ reason }) => reason))];
  const ignored = values.filter(({ status }) => status === "ignored");
  return [
    ...repaired.slice(0, 3).map(({ value, read_as: read, reason }) => html`<p class="note"><s><bdi>${value}</bdi></s> read as <b><bdi>${read}</bdi></b>: ${reason}</p>`),
    ...values
      .filter(({ status, read_as: read, value }) => status === "repaired" && (read === null || read === value))
      .slice(0, 1)
      .map(({ reason }) => html`<p class="note">${code(reason)}</p>`),
    ...approximated.map((reason) => html`<p class="note">≈ ${code(reason)}</p>`),
    ...ignored.slice(0, 3).map(({ value, reason }) => html`<p class="note"><b><bdi>${value || "(empty)"}</bdi></b> not used: ${code(reason)}</p>`),
  ];
};

/** @param {ReadParameter} parameter */
const card = (parameter) => {
  const { name, description, values, off } = parameter;
  const told = explanation.answer.value?.parameters.find((each) => each.name === name);
  const opposite = OPPOSITE.get(name);
  const toggle = () => change(toggled(search.value, name, values.map(({ value }) => value)));
  return html`
    <article class="parameter ${off ? "off" : ""} ${explanation.pending.value ? "stale" : ""}" data-name=${name}>
      <header>
        <button class="switch" role="switch" aria-checked=${String(!off)} aria-label=${description} title=${off ? "Ask for it again" : "Leave it out for now"} @click=${toggle}></button>
        <h3>${description} <code>${name}</code></h3>
        <span class="deeds">
          ${opposite ? html`<button class="quiet" @click=${() => negate(name, opposite, values)}>Opposite</button>` : nothing}
          <button class="quiet" @click=${() => edit([[name, null]])}>Remove</button>
        </span>
      </header>
      <ul class="chips">
        ${values.slice(0, MOST).map((value) => chip(parameter, value))}
        ${values.length > MOST
          ? html`<li><button class="link" @click=${() => { long.value = name; dialog.value = "values"; }}>${counted(values.length - MOST)} more…</button></li>`
          : nothing}
        <li>${add(name)}</li>
      </ul>
      ${off ? nothing : cost(told)} ${notes(parameter)}
    </article>
  `;
};

/** @param {ReadParameter[]} settings */
const settingsOf = (settings) => html`
  <h2>Settings</h2>
  <ul class="plain">
    ${settings.map(
      ({ name, description, values }) => html`
        <li title=${values[0]?.reason ?? ""}>${description}: <b><bdi>${values.map(({ shown }) => shown).join(", ")}</bdi></b> <code>${name}</code>
          ${cross(`Remove ${description}`, () => edit([[name, null]]))}</li>
      `,
    )}
  </ul>
`;

/** @param {ReadParameter[]} unused */
const unusedOf = (unused) => html`
  <h2>Not used</h2>
  <ul class="plain unused">
    ${unused.map(
      ({ name, values }) => html`
        <li><code>${name}</code> <b><bdi>${values.slice(0, 3).map(({ value }) => value).join(", ")}${values.length > 3 ? "…" : ""}</bdi></b>
          <span>${code(values[0]?.reason ?? "")}</span>
          ${cross(`Remove ${name}`, () => edit([[name, null]]))}</li>
      `,
    )}
  </ul>
`;

export const chips = () => {
  const read = current.value;
  if (!read) return html`<p class="hint">Reading the search…</p>`;
  const all = parametersOf(read, search.value.off);
  const filters = all.filter(({ part }) => part === "filter");
  const [settings, unused] = [all.filter(({ part }) => part === "setting"), all.filter(({ part }) => part === "unused")];
  const categories = [...new Set(filters.map(({ category }) => category))];
  return html`
    ${filters.length === 0 ? html`<p class="hint">This search asks for nothing in particular: it finds everybody.</p>` : nothing}
    ${categories.map(
      (category) => html`<h2>${category}</h2>${filters.filter((each) => each.category === category).map(card)}`,
    )}
    ${explanation.answer.value?.truncated ? html`<p class="hint">There are too many values to count each: those without a number are not counted.</p>` : nothing}
    ${settings.length ? settingsOf(settings) : nothing} ${unused.length ? unusedOf(unused) : nothing}
  `;
};

const STEP = 200;

const wanted = signal("");
const most = signal(STEP);

const filter = typed((value) => {
  wanted.value = value.toLocaleLowerCase();
  most.value = STEP;
});

/** All values of a parameter that has many: found by typing, drawn a few hundred at a time. */
export const valuesDialog = () => {
  const read = current.value;
  const parameter = read && parametersOf(read, search.value.off).find(({ name }) => name === long.value);
  if (!parameter) return html`<h2 id="title">Values</h2><p class="hint">There are none.</p>`;
  const found = parameter.values.filter((value) => value.shown.toLocaleLowerCase().includes(wanted.value));
  return html`
    <h2 id="title">${parameter.description}</h2>
    <input type="search" autofocus aria-label="Filter" placeholder="Filter ${counted(parameter.values.length)} values" .value=${wanted.value} @input=${filter}>
    <ul class="chips">
      ${found.slice(0, most.value).map((value) => chip(parameter, value))}
      ${found.length > most.value
        ? html`<li><button class="link" @click=${() => (most.value += STEP)}>${counted(found.length - most.value)} more…</button></li>`
        : nothing}
    </ul>
  `;
};
