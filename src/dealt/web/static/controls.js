// @ts-check
/** Dialogs, menus, copying and forms that show that they were heard; all by attributes, for what htmx brings too. */
import { announce } from "./toasts.js";

/** @param {Event} event @param {string} selector @returns {HTMLElement | null} */
const within = (event, selector) => /** @type {Element} */ (event.target).closest(selector);

document.addEventListener("click", (event) => {
  const opener = within(event, "[data-opens]");
  if (opener) openDialog(opener.dataset.opens ?? "");
  if (within(event, "[data-closes]")) within(event, "dialog")?.closest("dialog")?.close();
  const toggler = within(event, "[data-toggles]");
  if (toggler) toggle(toggler);
  const copier = within(event, "[data-copies]");
  if (copier) copy(copier);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(/** @type {Node} */ (event.target)) || within(event, ".items button, .items a")) {
      menu.removeAttribute("open");
    }
  }
  follow(event);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const opened = document.querySelector("[data-toggles][aria-expanded=true]");
  if (opened instanceof HTMLElement && !document.querySelector("dialog[open]")) { toggle(opened); opened.focus(); }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  }
});

/** @param {string} id */
export function openDialog(id) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(id));
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new Event("opened"));
}

/** @param {HTMLElement} toggler */
function toggle(toggler) {
  const open = document.getElementById(toggler.dataset.toggles ?? "")?.classList.toggle("open");
  toggler.setAttribute("aria-expanded", String(Boolean(open)));
}

/** @param {HTMLElement} copier */
async function copy(copier) {
  const [label, isDrawn] = [copier.textContent, copier.querySelector("svg")];
  const copied = await put(copier.dataset.copies ?? "");
  const said = copied ? "Copied" : "Select it and copy it by keyboard";
  announce(said);
  copier.classList.toggle("copied", copied);
  if (!isDrawn) copier.textContent = said;
  setTimeout(() => {
    copier.classList.remove("copied");
    if (!isDrawn) copier.textContent = label;
  }, 1500);
}

/** Into the clipboard, which browsers hand out by its own interface over HTTPS only. @param {string} text */
async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* the old way it is */ }
  const [field, before] = [document.createElement("textarea"), document.activeElement];
  field.value = text;
  field.className = "heard";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}

/** A row of records leads where its name does, wherever it is clicked. @param {MouseEvent} event */
function follow(event) {
  const target = /** @type {Element} */ (event.target);
  if (event.defaultPrevented || target.closest("a, button, input, select, textarea, label, summary, td:has(> input)")) return;
  const link = target.closest("tr[data-row]")?.querySelector("a.row-link");
  if (!link || getSelection()?.toString()) return;
  const { ctrlKey, metaKey, shiftKey } = event;
  link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
}

// A press beside a dialog closes it; one that began in it, such as a selection drawn too far, does not.
document.addEventListener("mousedown", (event) => {
  if (!(event.target instanceof HTMLDialogElement)) return;
  const { left, right, top, bottom } = event.target.getBoundingClientRect();
  if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) event.target.close();
});

// Where all columns of a table fit, their names stay in sight; otherwise the table scrolls by itself.
const fits = new ResizeObserver((seen) => {
  for (const { target } of seen) target.classList.toggle("fits", target.scrollWidth <= target.clientWidth);
});
const fit = () => { for (const table of document.querySelectorAll(".table")) fits.observe(table); };
document.addEventListener("htmx:afterSettle", fit);
fit();

// A click never waits to show that it was heard, and is not heard twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const sender = /** @type {SubmitEvent} */ (event).submitter;
  sender?.setAttribute("aria-busy", "true");
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  if ("changed" in form.dataset) leaveOut(form);
  if ("downloads" in form.dataset) comes(form, sender);
});

// <form data-downloads> stays until its file comes, which a cookie with a mark of ours says.
/** @param {HTMLFormElement} form @param {HTMLElement | null} sender */
function comes(form, sender) {
  const mark = [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
  const field = form.querySelector("input[name=mark]") ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "mark" }));
  /** @type {HTMLInputElement} */ (field).value = mark;
  /** @param {string} which @param {boolean} hidden */
  const tell = (which, hidden) => form.querySelector(`[data-${which}]`)?.toggleAttribute("hidden", hidden);
  tell("worked", true);
  tell("working", false);
  const asking = setInterval(() => {
    if (!document.cookie.includes(`dealt_download=${mark}`)) return;
    clearInterval(asking);
    tell("working", true);
    tell("worked", false);
    delete form.dataset.sent;
    sender?.removeAttribute("aria-busy");
  }, 300);
}

// <form data-changed> sends what was changed in it, and writes over nothing that somebody else changed meanwhile.
/** @param {HTMLFormElement} form */
function leaveOut(form) {
  for (const one of form.elements) {
    const same = one instanceof HTMLSelectElement
      ? one.selectedIndex === first(one)
      : (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) && one.type !== "hidden" && one.value === one.defaultValue;
    if (same) { one.setAttribute("disabled", ""); one.setAttribute("data-left-out", ""); }
  }
}

/** Where a select stood at first. @param {HTMLSelectElement} select */
const first = (select) => Math.max(0, [...select.options].findIndex((option) => option.defaultSelected));

window.addEventListener("pageshow", () => {
  for (const one of document.querySelectorAll("[data-left-out]")) {
    one.removeAttribute("disabled");
    one.removeAttribute("data-left-out");
  }
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
  for (const sender of document.querySelectorAll("[aria-busy]")) sender.removeAttribute("aria-busy");
});
// A select or a box that acts at once: <form data-at-once>.
document.addEventListener("change", (event) => {
  within(event, "form[data-at-once]")?.closest("form")?.requestSubmit();
});
for (const dialog of document.querySelectorAll("dialog[data-open-now]")) openDialog(dialog.id);
// An address may name the dialog that it leads to: /settings/members/#invite.
const named = () => {
  const dialog = location.hash && document.getElementById(location.hash.slice(1));
  if (!(dialog instanceof HTMLDialogElement)) return;
  history.replaceState(null, "", location.pathname + location.search);
  openDialog(dialog.id);
};
addEventListener("hashchange", named);
named();
// On a phone the places beside a page stand in one line: the present one is brought into sight.
document.querySelector(".within > nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
