// @ts-check
/** What a condition compares with: one control for each way in which operators take values. */
import { html, nothing } from "lit";
import { list, remember, suggest, suggests } from "./filter-suggesting.js";
import { words } from "./filter-tree.js";

/** @typedef {import("./filter-tree.js").Field} Field */
/** @typedef {(value: any) => void} Set */

let lists = 0;

/**
 * @param {string} takes @param {Field} field @param {any} value @param {string} label what the control is heard as
 * @param {Set} set
 */
export function valueOf(takes, field, value, label, set) {
  switch (takes) {
    case "nothing": return nothing;
    case "fragment": return typed("text", value, label, set, field);
    case "day": return typed("date", value, label, set);
    case "many": return several(field.options, value, label, set, false, field);
    case "members": return several(field.options ?? [], value, label, set, true);
    case "weekdays": return several(words().weekdays.map((day) => [day, day]), value, label, set, true);
    case "calendar": return choice(words().calendars.map((one) => [one, one]), value, label, set);
    case "span": return span(value, label, set);
    case "window": return apart(value, label, set);
    case "range": return range(field, value, label, set);
    default: return one(field, value, label, set);
  }
}

/** @param {Field} field @param {any} value @param {string} label @param {Set} set */
function one(field, value, label, set) {
  if (field.kind === "truth") return choice([[true, "true"], [false, "false"]], value, label, set);
  if (field.options) return choice(field.options, value, label, set);
  if (field.kind === "date") return typed("date", value, label, set);
  if (field.kind === "moment") return typed("datetime-local", local(value), label, set);
  return typed(field.kind === "number" ? "number" : "text", value, label, set, field);
}

/** @param {any} value a moment as the server may hold it, with its offset */
const local = (value) => (typeof value === "string" ? value.slice(0, 16) : "");

/** @param {string} type @param {any} value @param {string} label @param {Set} set @param {Field} [field] whose values are offered */
function typed(type, value, label, set, field) {
  return html`<input class="input ${type}" type=${type === "number" ? "text" : type}
    inputmode=${type === "number" ? "decimal" : "text"} autocomplete="off"
    aria-label=${label} .value=${String(value ?? "")} placeholder=${type === "number" ? "0" : type === "text" ? "value" : ""}
    list=${suggests(field) ? list : nothing} @focus=${(/** @type {Event} */ event) => suggest(event, field)}
    @change=${(/** @type {any} */ event) => remember(field, event.target.value)}
    @input=${(/** @type {any} */ event) => { suggest(event, field); set(read(type, event.target.value)); }}>`;
}

/** A number keeps its digits; a comma is a point. @param {string} type @param {string} text */
const read = (type, text) => (type === "number" ? text.trim().replace(",", ".") : text);

/** @param {[any, string][]} options @param {any} value @param {string} label @param {Set} set @param {string} [kind] */
export function choice(options, value, label, set, kind = "") {
  const missing = !options.some(([one]) => String(one) === String(value));
  return html`<select class="input ${kind}" aria-label=${label}
    @change=${(/** @type {any} */ event) => set(options[event.target.selectedIndex - (missing ? 1 : 0)][0])}>
    ${missing ? html`<option selected disabled>${value || "Choose"}</option>` : nothing}
    ${options.map(([one, name]) => html`<option value=${String(one)} ?selected=${String(one) === String(value)}>${name}</option>`)}
  </select>`;
}

/** @param {Field} field @param {any} value @param {string} label @param {Set} set */
function range(field, value, label, set) {
  const [first, last] = Array.isArray(value) ? value : ["", ""];
  return html`<span class="run">${one(field, first, `${label}, from`, (it) => set([it, last]))} and
    ${one(field, last, `${label}, to`, (it) => set([first, it]))}</span>`;
}

/** @param {any} value @returns {[number, string]} */
const spanned = (value) => {
  const [[unit, amount] = ["days", 30]] = Object.entries(value ?? {});
  return [Number(amount), unit];
};

/** @param {any} value @param {string} label @param {Set} set */
function span(value, label, set) {
  const [amount, unit] = spanned(value);
  return html`<span class="run">
    <input class="input number" type="number" min="1" aria-label="${label}, how many" .value=${String(Math.abs(amount))}
      @input=${(/** @type {any} */ event) => set({ [unit]: Math.trunc(Number(event.target.value)) })}>
    ${choice(words().units.map((one) => [one, one]), unit, `${label}, unit`, (it) => set({ [it]: amount }))}</span>`;
}

/** From so long ago or ahead to so long ago or ahead. @param {any} value @param {string} label @param {Set} set */
function apart(value, label, set) {
  const edge = (/** @type {"from" | "to"} */ name) => {
    const [amount, unit] = spanned(value[name]);
    const side = amount > 0 ? 1 : -1;
    const put = (/** @type {number} */ way, /** @type {any} */ length) => {
      const [many, of] = spanned(length);
      set({ ...value, [name]: { [of]: way * Math.abs(many) } });
    };
    return html`${span(value[name], `${label}, ${name}`, (it) => put(side, it))}
      ${choice([[-1, "ago"], [1, "ahead"]], side, `${label}, ${name}, ago or ahead`, (it) => put(it, { [unit]: amount }))}`;
  };
  return html`<span class="run">from ${edge("from")} to ${edge("to")}</span>`;
}

/**
 * Several values as words that can be taken away; of known ones, or whatever is typed.
 * @param {[any, string][] | undefined} options @param {any} value @param {string} label @param {Set} set
 * @param {boolean} [closed] nothing but the options is allowed
 * @param {Field} [field] whose values are offered where there are no options
 */
function several(options, value, label, set, closed = false, field = undefined) {
  const chosen = Array.isArray(value) ? value : [];
  const named = (/** @type {any} */ it) => options?.find(([one]) => String(one) === String(it))?.[1] ?? String(it);
  const id = `filter-values-${lists++}`;
  const take = (/** @type {any} */ event, /** @type {boolean} */ whole) => {
    const text = event.target.value.trim();
    const found = options?.find(([, name]) => name.toLowerCase() === text.toLowerCase());
    if (!found && (closed || options || !whole || !text)) return;
    const added = found ? found[0] : text;
    event.target.value = "";
    if (!found) remember(field, added);
    if (!chosen.includes(added)) set([...chosen, added]);
  };
  return html`<span class="several">
    ${chosen.map((it) => html`<span class="filter-chip">${named(it)}<button type="button" aria-label="Take away ${named(it)}"
      @click=${() => set(chosen.filter((one) => one !== it))}>×</button></span>`)}
    <input class="input" aria-label="${label}, add one" list=${options ? id : suggests(field) ? list : nothing} autocomplete="off"
      placeholder=${options ? "Add one" : "Type, then Enter"}
      @focus=${(/** @type {Event} */ event) => { if (!options) suggest(event, field); }}
      @input=${(/** @type {any} */ event) => { if (!options) suggest(event, field); take(event, false); }} @change=${(/** @type {any} */ event) => take(event, true)}
      @keydown=${(/** @type {any} */ event) => { if (event.key === "Enter") { event.preventDefault(); take(event, true); } }}>
    ${options ? html`<datalist id=${id}>${options.filter(([one]) => !chosen.includes(one)).map(([, name]) => html`<option value=${name}></option>`)}</datalist>` : nothing}
  </span>`;
}
