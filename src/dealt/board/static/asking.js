// @ts-check
/** What a stage needs to know, as a form and out of it. */
import { html, nothing } from "lit";

/** @param {{name: string, type: string}} one @param {{reasons: any[], members: any[]}} about */
export function control(one, about) {
  const id = `ask-${one.name}`;
  const choices = { loss_reason: about.reasons, boolean: [{ id: "true", name: "Yes" }, { id: "false", name: "No" }] }[one.type]
    ?? (one.name === "assigned_to" ? about.members : null);
  if (choices) return html`<select id=${id} name=${one.name} required><option value="">Choose</option>${choices.map((each) => html`<option value=${each.id}>${each.name}</option>`)}</select>`;
  const type = { float: "number", integer: "number", date: "date", datetime: "datetime-local" }[one.type] ?? "text";
  return html`<input id=${id} name=${one.name} type=${type} step=${type === "number" ? "any" : nothing} required>`;
}

/** @param {HTMLFormElement} form @param {{name: string, type: string}[]} fields */
export function read(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(fields.map(({ name, type }) => {
    const text = String(data.get(name));
    const isNumber = ["float", "integer", "loss_reason"].includes(type);
    return [name, type === "boolean" ? text === "true" : isNumber ? Number(text) : text];
  }));
}
