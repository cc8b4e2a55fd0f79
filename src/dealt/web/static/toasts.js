// @ts-check
/** Sentences at the edge of the page: what was done, with the way back, or what could not be. */
const STAYS_MS = 8000;
const place = () => /** @type {HTMLElement} */ (document.getElementById("toasts"));

/**
 * @param {string} text
 * @param {{undo?: (() => void) | null, bad?: boolean}} [options]
 */
export function toast(text, options = {}) {
  const box = document.createElement("div");
  box.className = options.bad ? "toast bad" : "toast";
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  if (options.undo) {
    const undo = button("Undo", () => { box.remove(); options.undo?.(); });
    for (const one of place().querySelectorAll("[data-key]")) one.removeAttribute("data-key");
    // The newest change is taken back by the key, unless the page has a button for that.
    if (!document.querySelector('[data-key="z"]')) undo.dataset.key = "z";
    box.append(undo);
  }
  box.append(button("Close", () => box.remove()));
  place().append(box);
  if (!options.bad) fade(box);
}

/** Say something to who listens and does not see. @param {string} text */
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
}

/** @param {string} label @param {() => void} act */
function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

/** It stays while somebody is at it. @param {Element} box */
function fade(box) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? fade(box) : box.remove()), STAYS_MS);
}

/** Post a form of ours to where an undo leads. @param {{path: string, fields?: Record<string, string>}} undo */
function goBack(undo) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = undo.path;
  for (const [name, value] of Object.entries(undo.fields ?? {})) {
    const input = document.createElement("input");
    input.type = "hidden"; input.name = name; input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

document.body.addEventListener("toast", (event) => {
  const { text, bad, undo } = /** @type {CustomEvent} */ (event).detail;
  toast(text, { bad, undo: undo ? () => goBack(undo) : null });
});
document.body.addEventListener("htmx:sendError", () => {
  toast("The server did not answer. Nothing was changed; try again.", { bad: true });
});
for (const box of document.querySelectorAll("#toasts .toast")) {
  box.querySelector("[data-dismisses]")?.addEventListener("click", () => box.remove());
  if (!box.classList.contains("bad")) fade(box);
}
