// @ts-check
/** Lists that are put into order by dragging or with the arrow keys: [data-order] of [data-place="/where/to/post/"]. */
import Sortable from "sortablejs";
import { ask } from "./ask.js";
import { announce } from "./toasts.js";

/** @param {HTMLElement} list */
function begin(list) {
  /** @type {Node | null} */
  let before = null;
  Sortable.create(list, {
    handle: ".grip",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "gap",
    onStart: (event) => { before = event.item.nextSibling; },
    onEnd: (event) => { if (event.oldIndex !== event.newIndex) keep(event.item, before); },
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const grip = /** @type {Element} */ (event.target).closest(".grip");
    if (!by || !grip) return;
    event.preventDefault();
    const item = /** @type {HTMLElement} */ (grip.closest("[data-place]"));
    const stood = item.nextSibling;
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    /** @type {HTMLElement} */ (grip).focus();
    keep(item, stood);
  });
}

/** Tell the server; where it says no, the item goes back. @param {HTMLElement} item @param {Node | null} before */
async function keep(item, before) {
  const list = /** @type {HTMLElement} */ (item.parentElement);
  const position = [...list.children].indexOf(item) + 1;
  try {
    await ask(item.dataset.place ?? "", { position: String(position) });
    announce(`Moved to place ${position}`);
  } catch {
    list.insertBefore(item, before);
  }
}

document.querySelectorAll("[data-order]").forEach((list) => begin(/** @type {HTMLElement} */ (list)));
