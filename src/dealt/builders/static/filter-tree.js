// @ts-check
/** The tree of a filter as its builder holds it: groups on every level, so that a place in it is a place on the page. */

/** @typedef {{name: string, label: string, kind: string, whole?: boolean, options?: [any, string][], subject?: string}} Field */
/** @typedef {{name: string, label: string, one: string, target: string, by: string}} Relation */
/** @typedef {{label: string, fields: Field[], memberships: Field[], relations: Relation[]}} Subject */
/** @typedef {{name: string, label: string, takes: string, kinds: string[]}} Operator */
/** @typedef {{subjects: Record<string, Subject>, operators: Operator[], units: string[], calendars: string[],
 *   weekdays: string[], measures: string[], picks: string[], quantifiers: string[]}} Words */
/** @typedef {Record<string, any>} Node */

/** @type {Words} */
let known;
/** What the server can be asked, as the page brings it. @returns {Words} */
export function words() {
  known ??= JSON.parse(document.getElementById("filter-words")?.textContent ?? "{}");
  return known;
}

/** What the server can be asked, where a page has fetched it. @param {Words} told */
export function learn(told) {
  known = told;
}

export const GROUPS = { all: "All of these", any: "Any of these", none: "None of these", "not all": "Not all of these" };

/** Which kind of group a node is; empty for a condition. @param {Node} node */
export function groupOf(node) {
  if (Array.isArray(node.all)) return "all";
  if (Array.isArray(node.any)) return "any";
  if (Array.isArray(node.not?.any)) return "none";
  return Array.isArray(node.not?.all) ? "not all" : "";
}

/** @param {string} kind @param {Node[]} parts @returns {Node} */
export function group(kind, parts) {
  if (kind === "none") return { not: { any: parts } };
  if (kind === "not all") return { not: { all: parts } };
  return kind === "any" ? { any: parts } : { all: parts };
}

/** The parts of a group, and what stands before their number in their place. @param {Node} node @returns {[Node[], string]} */
export function partsOf(node) {
  const kind = groupOf(node);
  if (kind === "none") return [node.not.any, ".not.any"];
  if (kind === "not all") return [node.not.all, ".not.all"];
  return kind === "any" ? [node.any, ".any"] : [node.all, ".all"];
}

/** The same filter with a group wherever there can be one. @param {any} node @returns {Node} */
export function grown(node) {
  if (!node || typeof node !== "object" || !Object.keys(node).length) return { all: [] };
  return groupOf(node) ? inner(node) : group("all", [inner(node)]);
}

/** @param {Node} node @returns {Node} */
function inner(node) {
  if (groupOf(node)) return group(groupOf(node), partsOf(node)[0].map(inner));
  if (node.not) return groupOf(node.not) ? group("none", [inner(node.not)]) : group("none", [inner(node.not)]);
  if (!node.relation) return Object.keys(node).length ? { ...node } : { all: [] };
  const found = { ...node, where: grown(node.where) };
  return node.pick ? { ...found, is: grown(node.is) } : found;
}

/** @param {string} subject @param {string} name */
export function fieldOf(subject, name) {
  const of = words().subjects[subject];
  const field = of?.fields.find((one) => one.name === name);
  const set = of?.memberships.find((one) => one.name === name);
  if (field) return { ...field, subject };
  return set ? { ...set, kind: "membership", subject } : undefined;
}

/** @param {string} subject @param {string} name */
export const relationOf = (subject, name) => words().subjects[subject]?.relations.find((one) => one.name === name);

/** @param {string} name */
export const operatorOf = (name) => words().operators.find((one) => one.name === name);

/** @param {string} kind */
export const operatorsFor = (kind) => words().operators.filter((one) => one.kinds.includes(kind));

/** A condition on a field, as it begins. @param {string} subject @param {string} name @returns {Node} */
export function condition(subject, name) {
  const field = fieldOf(subject, name);
  const op = operatorsFor(field?.kind ?? "text")[0];
  return withValue({ field: name, op: op.name }, field, op);
}

/** A condition on what belongs to the subject: there is at least one. @param {string} name @returns {Node} */
export const related = (name) => ({ relation: name, quantifier: "any", where: { all: [] } });

/** @param {Node} node @param {Field | undefined} field @param {Operator | undefined} op @returns {Node} */
export function withValue(node, field, op) {
  const { value: _, ...rest } = node;
  const first = startOf(op?.takes ?? "nothing", field);
  return first === undefined ? rest : { ...rest, value: first };
}

/** @param {string} takes @param {Field | undefined} field */
function startOf(takes, field) {
  if (takes === "nothing") return undefined;
  if (takes === "many" || takes === "members" || takes === "weekdays") return [];
  if (takes === "range") return ["", ""];
  if (takes === "span") return { days: 30 };
  if (takes === "window") return { from: { days: -14 }, to: { days: -7 } };
  if (takes === "calendar") return "month";
  return field?.kind === "truth" ? true : (field?.options?.[0]?.[0] ?? "");
}

/** What a figure is compared as. @param {Node} node @param {string} target @returns {Field} */
export function resultOf(node, target) {
  const field = node.field ? fieldOf(target, node.field) : undefined;
  const counts = node.measure === "count" || node.measure === "count_distinct";
  return !counts && field ? field : { name: "count", label: "number", kind: "number" };
}

/** The first condition that is not complete, and its place. @param {Node} node @param {string} path @returns {[Node | null, string]} */
export function missing(node, path) {
  if (groupOf(node)) {
    const [parts, key] = partsOf(node);
    const at = parts.findIndex(lacking);
    return at < 0 ? [null, path] : missing(parts[at], `${path}${key}.${at}`);
  }
  if (node.relation && lacking(node.where)) return missing(node.where, `${path}.where`);
  if (node.relation && node.pick && lacking(node.is)) return missing(node.is, `${path}.is`);
  return [node, path];
}

/** Whether something is still to be filled in. @param {Node} node @returns {boolean} */
export function lacking(node) {
  if (groupOf(node)) return partsOf(node)[0].some(lacking);
  if (node.relation && (lacking(node.where) || (node.pick && lacking(node.is)))) return true;
  if (node.relation && !node.measure) return false; // a quantifier that is left out is "any"
  if (node.measure && node.measure !== "count" && !node.field) return true;
  return blank(node.value) && operatorOf(node.op)?.takes !== "nothing";
}

/** @param {any} value */
function blank(value) {
  if (Array.isArray(value)) return !value.length || value.some((one) => one === "");
  return value === "" || value === undefined || value === null;
}
