/** How the search was understood: its parameters by category, what each finds and costs, and what was not used. */

import { add, adder, begun } from "./adding.js";
import { analysis, change, count, dialog, edit, explanation, folded, known, knowing, parameters, search } from "../page.js";
import { briefly, counted, cut, inWords, numeric, signed } from "../numbers.js";
import { domainsOf } from "../outside.js";
import { OPPOSITE, edited, excludes, keyOf, toggled, toggledValue } from "../reading.js";
import { TITLES } from "../search.js";
import { code, cross, few, html, meter, nothing, signal, typed } from "./parts.js";

const MOST = 12;

/** Which long parameter is looked through in the dialog. */
const long = signal("");

/** Why the service does not use a parameter → the same for people who know none of its words. */
export const PLAIN = new Map([
  ["ID-based filter (no name mapping available)", "It holds ids, and only Apollo knows what they stand for."],
  ["Apollo-specific feature (search lists, personas)", "It means something that is kept at Apollo, such as a list."],
  ["Unmapped filter (no equivalent contact field)", "Your contacts have no field for it."],
  ["UI flag or advanced filter (not applicable)", "It steers Apollo’s own page."],
  ["Keyword field control (not applicable without keywords)", "It says where to look for keywords, and there are none."],
  ["Unknown parameter (no mapping defined)", "Not known here: it may be new at Apollo, or a slip."],
]);

/** @param {string} reason @param {string} name */
const plain = (reason, name) =>
  PLAIN.has(reason) && /^sort/.test(name) ? "Your contacts have no such order." : code(PLAIN.get(reason) ?? reason);

/** @param {string} name @param {string} opposite @param {ReadValue[]} values */
const negate = (name, opposite, values) => edit(values.map(({ value }) => [name, value]), values.map(({ value }) => [opposite, value]));

/**
 * One value, as a chip.
 *
 * @param {string} name of the parameter or list
 * @param {ReadValue} value
 * @param {ReadValue[]} values all of it
 * @param {() => unknown} remove
 */
export const chip = (name, value, values, remove) => {
  const { shown, off, status, reason } = value;
  const opposite = OPPOSITE.get(name);
  const turn = () => opposite && negate(name, opposite, [value]);
  const number = known.value.get(keyOf(name, shown)) ?? known.value.get(keyOf(name, value.value));
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Delete" || event.key === "Backspace") remove();
    else if (event.key === "n" && opposite) turn();
    else return;
    event.preventDefault();
  };
  return html`
    <li class="chip ${off ? "off" : ""} ${status}">
      <button aria-pressed=${String(!off)} title=${reason.replaceAll("`", "")} @keydown=${keys}
        @click=${() => change(toggledValue(search.value, name, value.value, values.map((each) => each.value)))}>
        <bdi>${cut(inWords(name, shown)) || "(empty)"}</bdi>${status === "approximated" ? html`<span class="sign" aria-label="approximately"> ≈</span>` : nothing}
        ${number === undefined ? nothing : html`<span class="count ${number === 0 ? "none" : ""}">${briefly(number)}</span>`}
      </button>
      ${opposite
        ? html`<button class="icon" aria-label="Turn ${shown} into its opposite" title=${excludes(name) ? "Ask for it instead" : "Exclude it instead"} @click=${turn}>≠</button>`
        : nothing}
      ${cross(`Remove ${shown}`, remove)}
    </li>
  `;
};

/** What it costs, in words and as a bar: of whom it lets through, of those who pass everything else. @param {Explained | undefined} told */
const cost = (told) => {
  const whole = explanation.answer.value;
  if (!told || !whole) return nothing;
  const more = numeric(told.without) - numeric(whole.count);
  return html`
    <p class="cost">
      ${numeric(told.without) ? meter(numeric(whole.count), numeric(told.without)) : nothing}
      ${excludes(told.name)
        ? html`<span title="Contacts that have any of this, whatever else is asked">${counted(told.count)} thrown out</span>`
        : html`<span title="Contacts that fit this, whatever else is asked">${counted(told.count)} fit</span>`}
      <span>without it <b>${counted(told.without)}</b>${more > 0 ? html` <span class="more">${signed(more)}</span>` : nothing}</span>
    </p>
  `;
};

/**
 * The card of a parameter or list: whether it is asked, its values, and what it costs.
 *
 * @param {string} name
 * @param {string} title
 * @param {ReadValue[]} values
 * @param {Explained | undefined} told
 * @param {{title?: unknown, deeds: unknown, chips: unknown, notes?: unknown}} parts
 */
export const card = (name, title, values, told, parts) => {
  const off = values.every((value) => value.off);
  return html`
    <article class="parameter ${off ? "off" : ""} ${analysis.pending.value || explanation.pending.value ? "stale" : ""}" data-name=${name}>
      <header>
        <button class="switch" role="switch" aria-checked=${String(!off)} aria-label=${title} title=${off ? "Ask for it again" : "Leave it out for now"}
          @click=${() => change(toggled(search.value, name, values.map(({ value }) => value)))}></button>
        <h3>${title} ${parts.title}</h3>
        <span class="deeds">${parts.deeds}</span>
      </header>
      <ul class="chips">${parts.chips}</ul>
      ${off ? nothing : cost(told)} ${parts.notes}
    </article>
  `;
};

/** A link to the values that are not shown. @param {number} left how many those are @param {() => unknown} act */
export const rest = (left, act) => (left > 0 ? html`<li><button class="link" @click=${act}>${counted(left)} more…</button></li>` : nothing);

/** @param {ReadParameter} parameter */
const notes = ({ name, values }) => {
  /** @param {string} status */
  const those = (status) => values.filter((value) => value.status === status);
  const [same, other] = [true, false].map((is) => those("repaired").filter(({ read_as: read, value }) => (read === null || read === value) === is));
  return [
    ...other.filter(({ value, read_as: read }) => inWords(name, read ?? "") !== value).slice(0, 3).map(({ value, read_as: read, reason }) => html`<p class="note"><s><bdi>${cut(value)}</bdi></s> read as <b><bdi>${cut(inWords(name, read ?? ""))}</bdi></b>: ${code(reason)}</p>`),
    ...same.slice(0, 1).map(({ reason }) => html`<p class="note">${code(reason)}</p>`),
    ...[...new Set(those("approximated").map(({ reason }) => reason))].map((reason) => html`<p class="note">≈ ${code(reason)}</p>`),
    ...those("ignored").slice(0, 3).map(({ value, reason }) => html`<p class="note"><b><bdi>${cut(value) || "(empty)"}</bdi></b> not used: ${plain(reason, name)}</p>`),
  ];
};

/** @param {ReadParameter} parameter */
const parameter = (parameter) => {
  const { name, description, values } = parameter;
  const opposite = OPPOSITE.get(name);
  return card(name, description, values, explanation.answer.value?.parameters.find((each) => each.name === name), {
    title: html`<code>${name}</code>`,
    deeds: html`${opposite ? html`<button class="quiet" @click=${() => negate(name, opposite, values)}>Opposite</button>` : nothing}
      <button class="quiet" @click=${() => edit([[name, null]])}>Remove</button>`,
    chips: html`${values.slice(0, MOST).map((value) => chip(name, value, values, () => edit([[name, value.value]])))}
      ${rest(values.length - MOST, () => { long.value = name; dialog.value = "values"; })} ${values.every(({ value }) => /^(true|false)$/.test(value)) ? nothing : html`<li>${add(name)}</li>`}`,
    notes: notes(parameter),
  });
};

/** @param {string} title @param {ReadParameter[]} parameters @param {(parameter: ReadParameter) => unknown} tell */
const apart = (title, parameters, tell) =>
  parameters.length
    ? html`<h2>${title}</h2>
      <ul class="plain ${title === "Not used" ? "unused" : ""}">${parameters.map((each) => html`<li>${tell(each)} ${cross(`Remove ${each.name}`, () => edit([[each.name, null]]))}</li>`)}</ul>`
    : nothing;

/** What a filter is called: its words, or its name if nobody knows it. @param {ReadParameter} parameter */
export const titleOf = ({ name, description, values }) => (/^Unknown/.test(values[0]?.reason ?? "") ? name : description);

/** @param {ReadParameter} parameter */
const notUsed = (parameter) => {
  const { name, values } = parameter;
  const domains = /domain/i.test(name) ? domainsOf(values.map(({ value }) => value).join("\n")) : [];
  const list = excludes(name) ? "exclude_domain_list" : "include_domain_list";
  const use = () => knowing((read) => {
    const { lists } = search.value;
    change({ ...edited(search.value, read, [[name, null]], []), lists: { ...lists, [list]: [...new Set([...(lists[list] ?? []), ...domains])] } });
  });
  return html`
    <b>${titleOf(parameter)}</b> ${titleOf(parameter) === name ? nothing : html`<code>${name}</code>`} <bdi>${few(values.map(({ value }) => value), 3)}</bdi>
    <span>${plain(values[0]?.reason ?? "", name)}</span>
    ${domains.length ? html`<button class="link" @click=${use}>Use as ${TITLES[list]}</button>` : nothing}
  `;
};

/** @param {ReadParameter} parameter */
const setting = ({ name, description, values }) => {
  const words = name === "sortAscending" ? (values.at(-1)?.value === "true" ? "ascending" : "descending") : few(values.map(({ shown }) => shown), 3);
  return html`${description.replace(/:.*/, "")}: <b><bdi>${words}</bdi></b> <code>${name}</code>`;
};

export const chips = () => {
  if (!analysis.answer.value) return html`<p class="hint">Reading the search…</p>`;
  const all = parameters.value;
  const [filters, settings, unused, idle] = ["filter", "setting", "unused", "idle"].map((part) => all.filter((each) => each.part === part));
  const asked = filters.filter(({ off }) => !off).map(({ name, values }) => few(values.filter(({ off }) => !off).map(({ shown }) => inWords(name, shown)), 3));
  return html`
    <button class="fold" aria-expanded=${String(!folded.value)} @click=${() => (folded.value = !folded.value)}><span>
      ${[...asked, ...(unused.length ? [`${unused.length} not used`] : [])].join(" · ") || "Everybody"}</span></button>
    ${apart("Not used", unused, notUsed)}
    ${filters.length === 0 && !count.failure.value
      ? html`<p class="hint">${unused.length ? "Nothing that this search asks for can be used" : "This search asks for nothing in particular"}: it finds everybody.</p>`
      : nothing}
    ${[...new Set(filters.map(({ category }) => category))].map(
      (category) => html`<h2>${category}</h2>${filters.filter((each) => each.category === category).map(parameter)}`,
    )}
    ${begun()} ${adder()}
    ${explanation.answer.value?.truncated ? html`<p class="hint">There are too many values to count each: those without a number are not counted.</p>` : nothing}
    ${apart("Settings", settings, setting)}
    ${apart("Of no effect here", idle, ({ name, values }) => html`<code>${name}</code> <span>${plain(values[0]?.reason ?? "", name)}</span>`)}
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
  const parameter = parameters.value.find(({ name }) => name === long.value);
  if (!parameter) return html`<h2 id="title">Values</h2><p class="hint">There are none.</p>`;
  const { name, description, values } = parameter;
  const found = values.filter(({ shown }) => inWords(name, shown).toLocaleLowerCase().includes(wanted.value));
  return html`
    <h2 id="title">${description}</h2>
    <input type="search" autofocus aria-label="Filter" placeholder="Filter ${counted(values.length)} values" .value=${wanted.value} @input=${filter}>
    <ul class="chips">
      ${found.slice(0, most.value).map((value) => chip(name, value, values, () => edit([[name, value.value]])))}
      ${rest(found.length - most.value, () => (most.value += STEP))}
    </ul>
  `;
};
