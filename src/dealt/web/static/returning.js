// @ts-check
/** Nobody loses their place: neither the focus by a swap nor the height on the page by a form that leads back to it. */

// Whatever htmx replaces while it has the focus gives the focus to what comes in its place.
/** @type {{parent: Element, at: number} | null} */
let replaced = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  const parent = target.contains(document.activeElement) ? target.parentElement : null;
  replaced = parent && { parent, at: [...parent.children].indexOf(target) };
});
document.addEventListener("htmx:afterSettle", () => {
  const focusable = replaced && document.activeElement === document.body
    && replaced.parent.children[replaced.at]?.querySelector("a, button, input, select, textarea, [tabindex]");
  if (focusable instanceof HTMLElement) focusable.focus();
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
