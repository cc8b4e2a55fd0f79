// @ts-check
/** Moving cards by mouse, touch and keyboard. Whoever is told of a move does it and says whether it held. */
import Sortable, { AutoScroll } from "sortablejs";
import { announce } from "web/toasts.js";

// The core of the library comes without it: a card that is held at an edge lets the column, or the board, scroll.
Sortable.mount(new AutoScroll());

/**
 * @param {import("./columns.js").Columns} columns
 * @param {(card: HTMLElement, stage: number, back: () => void) => void} moved the card stands there already; back undoes it
 * @param {(held: boolean) => void} holding
 */
export function byDragging(columns, moved, holding) {
  /** @type {{list: HTMLElement, next: Element | null} | null} */
  let from = null;
  for (const col of columns.all) {
    Sortable.create(/** @type {HTMLElement} */ (col.querySelector(".cards")), {
      group: "deals", sort: false, animation: 120, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4,
      delay: 180, delayOnTouchOnly: true, touchStartThreshold: 6, draggable: ".deal-card, .card-group",
      // A heading is no card, but a card may be dropped on it.
      filter: "input, button, .card-group", preventOnFilter: false, ghostClass: "gap", fallbackClass: "held", chosenClass: "lifted",
      scrollSensitivity: 72, scrollSpeed: 14, bubbleScroll: true,
      onChoose: () => { if (matchMedia("(pointer: coarse)").matches) navigator.vibrate?.(8); },
      onStart: (event) => {
        holding(true);
        from = { list: event.from, next: event.item.nextElementSibling };
        document.body.classList.add("drags");
      },
      onEnd: (event) => {
        document.body.classList.remove("drags");
        const was = from;
        if (was && event.to !== event.from) moved(event.item, columns.stageOf(event.item), () => columns.back(event.item, was.list, was.next));
        holding(false);
      },
    });
  }
}

/**
 * Space takes a card, arrows carry it, Space or Enter puts it down, Escape brings it back.
 * @param {import("./columns.js").Columns} columns
 * @param {(card: HTMLElement, stage: number, back: () => void) => void} moved
 * @param {(held: boolean) => void} holding
 */
export function byKeys(columns, moved, holding) {
  /** @type {{card: HTMLElement, list: HTMLElement, next: Element | null, stage: number} | null} */
  let held = null;
  const name = (/** @type {Element} */ card) => card.querySelector(".name")?.textContent ?? "";
  const called = (/** @type {Element} */ card) => card.closest(".col")?.getAttribute("aria-label") ?? "";

  function back() {
    if (!held) return;
    columns.back(held.card, held.list, held.next);
  }
  function release() {
    held?.card.classList.remove("held");
    held = null;
    holding(false);
  }
  /** @param {HTMLElement} card @param {number} by */
  function carry(card, by) {
    const all = columns.all;
    const next = all[all.indexOf(/** @type {HTMLElement} */ (card.closest(".col"))) + by];
    if (!next) return;
    next.querySelector(".cards")?.prepend(card);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    focus(card);
    announce(`${called(card)}, ${all.indexOf(next) + 1} of ${all.length}`);
  }

  columns.board.addEventListener("keydown", (event) => {
    const card = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".deal-card"));
    if (!card || /** @type {Element} */ (event.target).matches("input, button")) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    if (held && (event.key === " " || event.key === "Enter")) {
      const { stage, list, next } = held;
      if (columns.stageOf(card) === stage) announce(`${name(card)} stays in ${called(card)}`);
      else moved(card, columns.stageOf(card), () => columns.back(card, list, next));
      release();
    } else if (held && event.key === "Escape") {
      back();
      announce(`${name(card)} is back in ${called(card)}`);
      release();
      focus(card);
    } else if (held && way) {
      carry(card, way);
    } else if (event.key === " ") {
      held = { card, list: /** @type {HTMLElement} */ (card.parentElement), next: card.nextElementSibling, stage: columns.stageOf(card) };
      card.classList.add("held");
      holding(true);
      announce(`${name(card)} is taken from ${called(card)}. Arrow keys carry it, space puts it down, Escape brings it back.`);
    } else if (!held && way) {
      const all = columns.all;
      for (let at = all.indexOf(/** @type {HTMLElement} */ (card.closest(".col"))) + way; all[at]; at += way) {
        const other = all[at].querySelector(".deal-card:not([hidden])");
        if (other) { focus(other); break; }
      }
    } else if (!held && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const all = [.../** @type {Element} */ (card.parentElement).querySelectorAll(".deal-card:not([hidden])")];
      const other = all[all.indexOf(card) + (event.key === "ArrowUp" ? -1 : 1)];
      if (other) focus(other);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}

/** @param {Element} card */
const focus = (card) => /** @type {HTMLElement | null} */ (card.querySelector(".name"))?.focus();
