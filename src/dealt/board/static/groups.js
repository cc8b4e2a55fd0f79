// @ts-check
/**
 * Cards under headings: one of a group stands before its cards. What is folded up is remembered, and is not loaded: the
 * column goes on behind it, and the heading keeps the place where its own cards go on.
 * @typedef {{holder: HTMLElement, name: string, value: string}} From where cards are loaded from, and what keeps that
 */

export class Groups {
  /** @param {HTMLElement} board @param {string} place in the store @param {() => void} changed something is folded or unfolded */
  constructor(board, place, changed) {
    this.board = board;
    this.place = place;
    /** @type {Set<string>} */ this.folded = new Set(this.#kept());
    board.addEventListener("click", (event) => {
      const heading = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".card-group"));
      if (!heading) return;
      const name = this.#name(heading);
      if (!this.folded.delete(name)) this.folded.add(name);
      try { localStorage.setItem(place, JSON.stringify([...this.folded].slice(-500))); } catch { /* a full or forbidden store keeps nothing */ }
      changed();
    });
  }

  /** @returns {string[]} */
  #kept() {
    try { return JSON.parse(localStorage.getItem(this.place) ?? "[]"); } catch { return []; }
  }

  /** @param {HTMLElement} heading */
  #name(heading) { return `${/** @type {HTMLElement} */ (heading.closest("[data-stage]")).dataset.stage} ${heading.dataset.group}`; }

  /** @param {Element} list @returns {HTMLElement[]} */
  #all(list) { return /** @type {HTMLElement[]} */ ([...list.children]); }

  /** @param {Element} list @param {string | undefined} group */
  heading(list, group) { return this.#all(list).find((one) => !one.dataset.deal && one.dataset.group === group); }

  /** Shows what is to be shown: no heading without cards, no card of a group that is folded up. @param {HTMLElement} list */
  tidy(list) {
    const cards = this.#all(list).filter((one) => one.dataset.deal);
    const groups = new Set(cards.map((one) => one.dataset.group));
    const folded = new Set();
    for (const one of this.#all(list)) {
      if (one.dataset.deal) continue;
      one.hidden = !groups.has(one.dataset.group);
      const isFolded = this.folded.has(this.#name(one));
      one.querySelector("button")?.setAttribute("aria-expanded", String(!isFolded));
      if (isFolded) folded.add(one.dataset.group);
    }
    for (const card of cards) card.hidden = folded.has(card.dataset.group) && !card.matches(".held, .gap");
  }

  /** The last cards of groups that go on, though the column has gone past them. @param {Element} list @returns {HTMLElement[]} */
  ends(list) {
    const going = this.#all(list).filter((one) => !one.dataset.deal && one.dataset.after && !this.folded.has(this.#name(one)));
    return going.map((heading) => this.#all(list).findLast((one) => one.dataset.group === heading.dataset.group) ?? heading);
  }

  /** Where the cards behind this one are. @param {HTMLElement} list @param {HTMLElement} last @returns {From} */
  from(list, last) {
    const heading = this.heading(list, last.dataset.group);
    if (heading?.dataset.after && !this.folded.has(this.#name(heading))) return { holder: heading, name: "after", value: heading.dataset.after };
    const after = list.dataset.after ?? "";
    // A place says its group, with its length before it.
    const group = [...after.slice(after.indexOf(".") + 1)].slice(0, parseInt(after, 10)).join("");
    const before = this.heading(list, group);
    if (after && before && this.folded.has(this.#name(before))) return { holder: list, name: "past", value: group };
    return { holder: list, name: "after", value: after };
  }

  /** @param {HTMLElement} list @param {From} from @param {HTMLElement[]} came @param {string} after what is behind them */
  loaded(list, from, came, after) {
    if (from.name === "past") {
      const heading = this.heading(list, from.value);
      if (heading) heading.dataset.after = list.dataset.after;
    } else if (from.holder !== list) {
      from.holder.dataset.after = came.at(-1)?.dataset.group === from.holder.dataset.group ? after : "";
    }
  }

  /** @param {Record<string, Record<string, number>>} told by stage and group; what is not told is left out */
  count(told) {
    for (const [stage, groups] of Object.entries(told)) {
      for (const heading of this.board.querySelectorAll(`[data-stage="${stage}"] .card-group`)) {
        const many = groups[/** @type {HTMLElement} */ (heading).dataset.group ?? ""];
        const place = heading.querySelector("[data-many]");
        if (place) place.textContent = many === undefined ? "" : many.toLocaleString("en").replaceAll(",", "\u202f");
      }
    }
  }
}
