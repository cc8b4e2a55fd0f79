// @ts-check
/** Nobody loses their place: neither the focus by a swap nor the height on the page by a form that leads back to it. */

// Whatever htmx replaces while it has the focus gives the focus to what comes in its place.
const FOCUSABLE = "a, button, input, select, textarea, summary, [tabindex]";
/** @type {{parent: Element, at: number, within: number} | null} */
let replaced = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  const parent = target.contains(document.activeElement) ? target.parentElement : null;
  const within = [...target.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  replaced = parent && { parent, at: [...parent.children].indexOf(target), within };
});
document.addEventListener("htmx:afterSettle", () => {
  const came = replaced && document.activeElement === document.body && replaced.parent.children[replaced.at]?.querySelectorAll(FOCUSABLE);
  const focusable = came && (came[replaced?.within ?? 0] ?? came[0]);
  if (focusable instanceof HTMLElement) focusable.focus({ preventScroll: true });
  replaced = null;
});

// A form that leads back to its own page leads back to the same place on it; by keyboard, to the same button.
let byKeyboard = false;
for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { byKeyboard = kind === "keydown"; }, true);
const PLACE = "dealt-place";
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "post") return;
  const dialog = form.closest("dialog")?.id;
  const back = byKeyboard ? (dialog ? `[data-opens="${dialog}"]` : `form[action="${form.getAttribute("action")}"] button`) : "";
  sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, y: scrollY, back, at: Date.now() }));
});
const left = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
sessionStorage.removeItem(PLACE);
if (left && left.path === location.pathname && Date.now() - left.at < 10_000 && !document.querySelector("[aria-invalid], main [autofocus]:not(dialog *)")) {
  scrollTo(0, left.y);
  const back = left.back && document.querySelector(left.back);
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
}

// The answer to a form stands under the form's address; loading it again must not send the form again.
const here = document.querySelector("[data-here]")?.getAttribute("data-here");
const refused = document.getElementById("refused") && document.referrer.startsWith(`${location.origin}/`) ? document.referrer : "";
if (here || refused) history.replaceState(null, "", here || refused);
