// @ts-check
/**
 * The filter builder: <filter-builder name="filter" subject="contact" value="{...}" errors="{...}">.
 *
 * It holds its filter as JSON in a hidden field of that name, so that it works in any form, and tells each change by the
 * event "filter-change". Errors, by the server's places such as "filter.all.0.value", stand at the very condition.
 */
import { LitElement, html, nothing } from "lit";
import {
  GROUPS, condition, fieldOf, group, groupOf, grown, lacking, missing, operatorOf, operatorsFor, partsOf, related, relationOf,
  resultOf, withValue, words,
} from "./filter-tree.js";
import { choice, valueOf } from "./filter-values.js";

/** @typedef {import("./filter-tree.js").Node} Node */
/** @typedef {(node: Node | null) => void} Put null takes the node away */

const MEASURES = {
  count: "the number of", count_distinct: "the number of different", sum: "the sum of", average: "the average of",
  min: "the least", max: "the largest",
};
const WAYS = {
  any: "There are", none: "There are no", at_least: "There are at least", at_most: "There are at most",
};

class FilterBuilder extends LitElement {
  static properties = {
    name: {}, subject: {}, label: {}, value: { type: Object }, errors: { type: Object },
  };

  constructor() {
    super();
    this.name = "filter";
    this.subject = "contact";
    this.label = "Filter";
    /** @type {any} */
    this.value = {};
    /** @type {Record<string, string[]>} */
    this.errors = {};
    /** @type {Node} */
    this.tree = { all: [] };
  }

  createRenderRoot() {
    return this;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("value")) this.tree = grown(this.value);
    // Another subject has other fields.
    if (changed.get("subject") !== undefined && changed.has("subject")) this.put({ all: [] });
  }

  /** Whether something is still to be filled in. */
  get lacking() {
    return lacking(this.tree);
  }

  /** @param {Node} tree */
  put(tree) {
    this.tree = tree;
    this.errors = {};
    this.requestUpdate();
    this.updateComplete.then(() => this.dispatchEvent(new CustomEvent("filter-change", { bubbles: true })));
  }

  render() {
    return html`<input type="hidden" name=${this.name} .value=${JSON.stringify(this.tree)}>
      ${this.label ? html`<h2>${this.label}</h2>` : nothing}
      ${this.group(this.tree, this.subject, this.name, (node) => this.put(node ?? { all: [] }), this.label || "Filter")}
      ${this.wrong(this.name, true)}`;
  }

  /** To the first control of what stands at a place. @param {string} place */
  goTo(place) {
    this.updateComplete.then(() => {
      /** @type {HTMLElement | null} */ (this.querySelector(`[data-place="${CSS.escape(place)}"] select`))?.focus();
    });
  }

  /** Goes to the first value that is missing, and says so there: the one way in which a form says that it cannot be sent yet. */
  complain() {
    const [place, path] = missing(this.tree, this.name);
    this.errors = { [path]: [place ? "Fill this in first." : "Complete the filter first."] };
    this.updateComplete.then(() => {
      /** @type {HTMLElement | undefined} */ ([...this.querySelectorAll(".leaf.bad .input")].at(-1))?.focus();
    });
  }

  /** @param {Node} node @param {string} subject @param {string} path @param {Put} put @param {string} label @param {boolean} [nested] */
  group(node, subject, path, put, label, nested = false) {
    const kind = groupOf(node);
    const [parts, key] = partsOf(node);
    const set = (/** @type {Node[]} */ all) => put(group(kind, all));
    const add = (/** @type {Node} */ made) => {
      set([...parts, made]);
      this.goTo(`${path}${key}.${parts.length}`);
    };
    const first = likeliest(words().subjects[subject].fields);
    return html`<div class="group" role="group" aria-label=${label}>
      <div class="run">
        ${parts.length > 1 || kind === "none" || kind === "not all" || nested
          ? choice(Object.entries(GROUPS), kind, `${label}: how the conditions are joined`, (it) => put(group(it, parts)), "joins")
          : html`<span class="quiet">${parts.length ? "" : "No condition: everything passes."}</span>`}
        ${nested ? html`<button type="button" class="button plain small" aria-label="Take away this group" @click=${() => put(null)}>Take away</button>` : nothing}
      </div>
      ${parts.length ? html`<ul class="parts">${parts.map((part, place) => {
        const here = `${path}${key}.${place}`;
        const change = (/** @type {Node | null} */ it) => {
          set(it ? parts.with(place, it) : parts.filter((_, at) => at !== place));
          if (!it) this.goTo(`${path}${key}.${Math.max(place - 1, 0)}`);
        };
        return html`<li data-place=${here}>${groupOf(part)
          ? this.group(part, subject, here, change, `Group ${place + 1}`, true)
          : this.leaf(part, subject, here, change, `Condition ${place + 1}`)}</li>`;
      })}</ul>` : nothing}
      <div class="run adds">
        <button type="button" class="button small" @click=${() => add(condition(subject, first.name))}>Add condition</button>
        ${words().subjects[subject].relations.length
          ? html`<button type="button" class="button small" @click=${() => add(related(words().subjects[subject].relations[0].name))}>Add related</button>` : nothing}
        <button type="button" class="button small" @click=${() => add(group("any", [condition(subject, first.name)]))}>Add group</button>
      </div>
    </div>`;
  }

  /** @param {Node} node @param {string} subject @param {string} path @param {Put} put @param {string} label */
  leaf(node, subject, path, put, label) {
    return html`<div class="leaf ${this.told(path, false).length ? "bad" : ""}" role="group" aria-label=${label}>
      <div class="run">
        ${node.relation ? this.relation(node, subject, put, label) : this.field(node, subject, put, label)}
        <button type="button" class="button plain small away" aria-label="Take away ${label.toLowerCase()}" @click=${() => put(null)}>×</button>
      </div>
      ${node.relation ? this.inside(node, subject, path, put) : nothing}
      ${this.wrong(path, false)}
    </div>`;
  }

  /** @param {Node} node @param {string} subject @param {Put} put @param {string} label */
  field(node, subject, put, label) {
    const of = words().subjects[subject];
    const field = fieldOf(subject, node.field);
    const op = operatorOf(node.op);
    const pick = (/** @type {any} */ event) => put(condition(subject, event.target.value));
    const compare = (/** @type {string} */ name) => put(withValue({ ...node, op: name }, field, operatorOf(name)));
    return html`<select class="input names" aria-label="${label}: field" @change=${pick}>
        ${field ? nothing : html`<option selected disabled>${node.field} (not there any more)</option>`}
        <optgroup label="Fields">${of.fields.map((one) => html`<option value=${one.name} ?selected=${one.name === node.field}>${one.label}</option>`)}</optgroup>
        ${of.memberships.length ? html`<optgroup label="Belongs to">${of.memberships.map((one) => html`<option value=${one.name} ?selected=${one.name === node.field}>${one.label}</option>`)}</optgroup>` : nothing}
      </select>
      ${choice(operatorsFor(field?.kind ?? "text").map((one) => [one.name, one.label]), node.op, `${label}: comparison`, compare, "compares")}
      ${valueOf(op?.takes ?? "one", field ?? { name: "", label: "", kind: "text" }, node.value, `${label}: value`, (value) => put({ ...node, value }))}`;
  }

  /** @param {Node} node @param {string} subject @param {Put} put @param {string} label */
  relation(node, subject, put, label) {
    const { relation, where } = node;
    const target = relationOf(subject, relation)?.target ?? "";
    const way = node.measure ? `measure ${node.measure}` : node.pick ? `pick ${node.pick}` : node.quantifier ?? "any";
    const options = [
      ...words().quantifiers.map((one) => [one, WAYS[/** @type {keyof WAYS} */ (one)] ?? one]),
      ...words().measures.map((one) => [`measure ${one}`, `Of them, ${MEASURES[/** @type {keyof MEASURES} */ (one)] ?? one}`]),
      ...words().picks.map((one) => [`pick ${one}`, `The ${one} of the`]),
    ];
    const turn = (/** @type {string} */ it) => put(turned(it, relation, where));
    const relations = words().subjects[subject].relations.map((one) => [one.name, one.label]);
    const counted = node.quantifier === "at_least" || node.quantifier === "at_most";
    return html`${choice(/** @type {any} */ (options), way, `${label}: how many, or what of them`, turn)}
      ${counted ? html`<input class="input number" type="number" min="0" aria-label="${label}: number" .value=${String(node.count)}
        @input=${(/** @type {any} */ event) => put({ ...node, count: Math.trunc(Number(event.target.value)) })}>` : nothing}
      ${node.measure && node.measure !== "count" ? html`${this.measured(node, target, put, label)} of` : nothing}
      ${choice(/** @type {any} */ (relations), relation, `${label}: of what`, (it) => put(turned(way, it, { all: [] })))}
      ${node.measure ? this.figure(node, target, put, label) : nothing}`;
  }

  /** @param {Node} node @param {string} target @param {Put} put @param {string} label */
  measured(node, target, put, label) {
    const kinds = { min: ["number", "date", "moment"], max: ["number", "date", "moment"] }[/** @type {string} */ (node.measure)];
    const fits = words().subjects[target].fields.filter(
      (one) => node.measure === "count_distinct" || (kinds ?? ["number"]).includes(one.kind),
    );
    const turn = (/** @type {string} */ field) => put(begun({ ...node, field }, target));
    return choice(/** @type {any} */ (fits.map((one) => [one.name, one.label])), node.field ?? "", `${label}: field`, turn);
  }

  /** @param {Node} node @param {string} target @param {Put} put @param {string} label */
  figure(node, target, put, label) {
    const result = resultOf(node, target);
    const operators = operatorsFor(result.kind).map((one) => [one.name, one.label]);
    const compare = (/** @type {string} */ op) => put(withValue({ ...node, op }, result, operatorOf(op)));
    return html`${choice(/** @type {any} */ (operators), node.op, `${label}: comparison`, compare, "compares")}
      ${valueOf(operatorOf(node.op)?.takes ?? "one", result, node.value, `${label}: value`, (value) => put({ ...node, value }))}`;
  }

  /** What must be true of the related ones. @param {Node} node @param {string} subject @param {string} path @param {Put} put */
  inside(node, subject, path, put) {
    const relation = relationOf(subject, node.relation);
    if (!relation) return nothing;
    const part = (/** @type {"where" | "is"} */ key, /** @type {string} */ said) => html`<div class="inside">
      <p class="small quiet">${said}</p>
      ${this.group(node[key], relation.target, `${path}.${key}`, (it) => put({ ...node, [key]: it ?? { all: [] } }), said)}
    </div>`;
    return html`${part("where", node.pick ? `Among the ${relation.label} with` : `Counting the ${relation.label} with`)}
      ${node.pick ? part("is", `It is true of that ${relation.one}`) : nothing}`;
  }

  /** The sentences that belong to this place and to no deeper one. @param {string} path @param {boolean} root */
  told(path, root) {
    const found = Object.entries(this.errors).filter(([place]) => place === path || place.startsWith(`${path}.`));
    const deeper = /\.(all|any)\.\d+/;
    return found.filter(([place]) => !deeper.test(place.slice(path.length))).flatMap(([, said]) => said)
      .filter(() => root || path !== this.name);
  }

  /** @param {string} path @param {boolean} root */
  wrong(path, root) {
    const said = this.told(path, root);
    return said.length ? html`<p class="small negative" role="alert">${said.join(" ")}</p>` : nothing;
  }
}

/** The field that a new condition begins with: what people know a record by. @param {{name: string, kind: string}[]} fields */
function likeliest(fields) {
  return fields.find((one) => one.name === "name") ?? fields.find((one) => one.name === "email") ?? fields.find((one) => one.kind === "text") ?? fields[0];
}

/** A condition on related ones of another sort. @param {string} way @param {string} relation @param {Node} where @returns {Node} */
function turned(way, relation, where) {
  const [kind, name] = way.split(" ");
  if (kind === "pick") return { relation, pick: name, where, is: { all: [] } };
  if (kind === "measure") return { relation, measure: name, where, op: "greater_or_equal", value: "1" };
  return { relation, quantifier: way, ...(way.startsWith("at_") ? { count: way === "at_least" ? 2 : 1 } : {}), where };
}

/** A figure of a field, compared as one of that kind may be. @param {Node} node @param {string} target @returns {Node} */
function begun(node, target) {
  const result = resultOf(node, target);
  const op = operatorOf(node.op)?.kinds.includes(result.kind) ? node.op : operatorsFor(result.kind)[0].name;
  return op === node.op ? node : withValue({ ...node, op }, result, operatorOf(op));
}

customElements.define("filter-builder", FilterBuilder);
