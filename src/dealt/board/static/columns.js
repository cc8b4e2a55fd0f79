// @ts-check
/** The columns of a board: where a card stands, what comes from the server, and more cards as they are scrolled to. */
import { ask } from "web/ask.js";
import { announce } from "web/toasts.js";
import { Groups } from "board/groups.js";

/** @typedef {{cards: {id: number, stage: number, html: string}[], gone: number[], heads: Record<string, string>, groups?: Record<string, Record<string, number>> | null}} Update */

export class Columns {
  /** @param {HTMLElement} board @param {{sort: {key: string, down: boolean}, pipeline: number, grouped: string}} about */
  constructor(board, about) {
    this.board = board;
    this.sort = about.sort;
    this.path = `/board/${about.pipeline}/`;
    this.groups = about.grouped ? new Groups(board, `board:${about.pipeline}:${about.grouped}`, () => this.watch()) : null;
    this.ends = new IntersectionObserver((seen) => {
      for (const one of seen) if (one.isIntersecting) this.more(/** @type {HTMLElement} */ (one.target));
    }, { rootMargin: "400px" });
    this.watch();
  }

  /** @returns {HTMLElement[]} */
  get all() { return [...this.board.querySelectorAll(".col")].map((one) => /** @type {HTMLElement} */ (one)); }

  /** @param {number} id @returns {HTMLElement | null} */
  card(id) { return this.board.querySelector(`[data-deal="${id}"]`); }

  /** @param {number} stage @returns {HTMLElement} */
  list(stage) { return /** @type {HTMLElement} */ (this.board.querySelector(`[data-stage="${stage}"] .cards`)); }

  /** @param {Element} card */
  stageOf(card) { return Number(/** @type {HTMLElement} */ (card.closest("[data-stage]")).dataset.stage); }

  /** Load more where the end of a column comes into sight. */
  watch() {
    this.ends.disconnect();
    for (const col of this.all) {
      const list = /** @type {HTMLElement} */ (col.querySelector(".cards"));
      this.groups?.tidy(list);
      const last = [...list.children].findLast((one) => !(/** @type {HTMLElement} */ (one).hidden));
      if (last && list.dataset.after) this.ends.observe(last);
      for (const end of this.groups?.ends(list) ?? []) this.ends.observe(end);
    }
  }

  /** @param {HTMLElement} last */
  async more(last) {
    const list = /** @type {HTMLElement} */ (last.parentElement);
    if (!list || list.dataset.loads) return;
    const from = this.groups?.from(list, last) ?? { holder: list, name: "after", value: list.dataset.after ?? "" };
    if (!from.value) return;
    list.dataset.loads = "1";
    const query = new URLSearchParams(location.search);
    query.set(from.name, from.value);
    try {
      const told = await ask(`${this.path}column/${this.stageOf(last)}/?${query}`);
      const came = made(told.html);
      for (const one of came) if (!this.#has(list, one)) this.#insert(list, one);
      this.groups?.loaded(list, from, came, told.after);
      if (from.holder === list) list.dataset.after = told.after;
    } finally {
      delete list.dataset.loads;
      this.watch();
    }
  }

  /** What the server says of some deals. @param {Update} told @param {{stay?: boolean}} [how] stay: where it was put */
  put(told, how = {}) {
    for (const id of told.gone) this.card(id)?.remove();
    for (const one of told.cards) this.#show(one, how.stay ?? false);
    this.groups?.count(told.groups ?? {});
    for (const [stage, text] of Object.entries(told.heads)) {
      const head = this.board.querySelector(`[data-stage="${stage}"] .col-head`);
      if (head && head.innerHTML !== text) head.innerHTML = text;
      const option = /** @type {HTMLOptionElement | null} */ (this.board.querySelector(`#stage option[value="${stage}"]`));
      if (option && head) {
        const count = head.querySelector("[data-count]")?.firstChild?.textContent?.trim();
        option.textContent = `${head.querySelector("h2")?.textContent} (${count})`;
      }
    }
    this.watch();
  }

  /** @param {{id: number, stage: number, html: string}} one @param {boolean} stay */
  #show(one, stay) {
    const came = made(one.html);
    const card = came[came.length - 1];
    const before = this.card(one.id);
    const list = this.list(one.stage);
    if (!list) { before?.remove(); return; }
    const hadFocus = before?.contains(document.activeElement);
    if (before && Number(before.dataset.version) > Number(card.dataset.version)) return;
    if (before) {
      card.classList.toggle("selected", before.classList.contains("selected"));
      box(card).checked = box(before).checked;
    }
    const sameAge = before?.dataset.version === card.dataset.version;
    const here = before?.parentElement === list;
    // What is unchanged is left alone: somebody may have a hand on it.
    if (sameAge && here) return;
    if (before && here && !this.groups && (stay || before.dataset[this.sort.key] === card.dataset[this.sort.key])) {
      before.replaceWith(card);
    } else {
      before?.remove();
      const next = this.#next(list, card);
      if (!next && list.dataset.after && !stay && !here) return;
      for (const heading of came.slice(0, -1)) if (!this.#has(list, heading)) this.#insert(list, heading);
      list.insertBefore(card, this.#next(list, card));
    }
    if (!sameAge) card.classList.add("fresh");
    if (hadFocus) card.querySelector("a")?.focus({ preventScroll: true });
    if (hadFocus && !here && !stay) announce(`${card.querySelector(".name")?.textContent} was moved to ${list.closest(".col")?.getAttribute("aria-label")}`);
  }

  /** A refused card goes back to where it was. @param {HTMLElement} card @param {Element | null} list @param {Element | null} next */
  back(card, list, next) {
    if (!list) return;
    const there = next?.parentElement === list ? next : null;
    if (this.groups) card.remove();
    list.insertBefore(card, this.groups ? this.#next(list, card) : there);
    this.groups?.tidy(/** @type {HTMLElement} */ (list));
  }

  /** @param {Element} list @param {HTMLElement} one a card or a heading */
  #has(list, one) {
    return one.dataset.deal ? this.card(Number(one.dataset.deal)) !== null : this.groups?.heading(list, one.dataset.group) !== undefined;
  }

  /** @param {Element} list @param {HTMLElement} one */
  #next(list, one) {
    return /** @type {HTMLElement[]} */ ([...list.children]).find((other) => this.#precedes(one, other)) ?? null;
  }

  /** Without groups what is loaded comes behind all that stands there. @param {Element} list @param {HTMLElement} one */
  #insert(list, one) { list.insertBefore(one, this.groups ? this.#next(list, one) : null); }

  /** @param {HTMLElement} one @param {HTMLElement} other */
  #precedes(one, other) {
    if (one.dataset.group !== other.dataset.group) return (one.dataset.group ?? "") < (other.dataset.group ?? "");
    if (!one.dataset.deal || !other.dataset.deal) return !one.dataset.deal;
    const { key, down } = this.sort;
    const words = key === "name" ? (one.dataset.name ?? "").localeCompare(other.dataset.name ?? "") : 0;
    const by = words || (key === "name" ? 0 : Number(one.dataset[key]) - Number(other.dataset[key])) || Number(one.dataset.deal) - Number(other.dataset.deal);
    return down ? by > 0 : by < 0;
  }

  /** Everything as it is now; something may have been missed. @param {() => boolean} isFree whether it may still be shown */
  async anew(isFree) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return true;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!isFree()) return false;
    const focused = document.activeElement?.closest("[data-deal]")?.getAttribute("data-deal");
    for (const col of this.all) {
      const there = fresh.querySelector(`[data-stage="${col.dataset.stage}"]`);
      if (!there) { location.reload(); return true; }
      const [list, now] = [this.list(Number(col.dataset.stage)), /** @type {HTMLElement} */ (there.querySelector(".cards"))];
      const chosen = new Set([...list.querySelectorAll(".selected")].map((one) => /** @type {HTMLElement} */ (one).dataset.deal));
      list.replaceChildren(...[...now.children].map((one) => document.adoptNode(one)));
      for (const one of list.children) {
        if (chosen.has(/** @type {HTMLElement} */ (one).dataset.deal)) { one.classList.add("selected"); box(one).checked = true; }
      }
      list.dataset.after = now.dataset.after;
      const head = col.querySelector(".col-head");
      if (head) head.innerHTML = there.querySelector(".col-head")?.innerHTML ?? "";
    }
    if (focused) this.card(Number(focused))?.querySelector("a")?.focus({ preventScroll: true });
    this.watch();
    return true;
  }
}

/** @param {Element} card */
export const box = (card) => /** @type {HTMLInputElement} */ (card.querySelector("input[type=checkbox]"));

/** @param {string} text @returns {HTMLElement[]} */
function made(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return /** @type {HTMLElement[]} */ ([...template.content.children]);
}
