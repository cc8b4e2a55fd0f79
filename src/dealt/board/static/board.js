// @ts-check
/** The board: what is selected, moved and edited on it, and what others do meanwhile. */
import { LitElement, html, nothing } from "lit";
import { ask } from "web/ask.js";
import { onKey } from "web/keys.js";
import { announce, toast } from "web/toasts.js";
import { control, read } from "board/asking.js";
import { Columns, box } from "board/columns.js";
import { byDragging, byKeys } from "board/hands.js";

const about = JSON.parse(document.getElementById("board")?.textContent ?? "{}");
const ANEW_AT_MOST_EVERY_MS = 3000;

class DealBoard extends LitElement {
  static properties = { chosen: { state: true }, asked: { state: true }, moving: { state: true } };

  constructor() {
    super();
    /** @type {number[]} */ this.chosen = [];
    /** @type {{fields: any[], answer: (given: Record<string, any> | null) => void} | null} */ this.asked = null;
    /** @type {number[]} */ this.moving = [];
    /** @type {any[]} */ this.waiting = [];
    this.isHolding = false;
    this.isLooking = false;
    this.sending = 0;
    /** What was begun and ended here so far: a page that was asked for before may not know of it. */
    this.turn = 0;
    this.turns = 0;
    this.seenAt = Date.now();
    /** @type {HTMLElement | null} */ this.last = null;
  }

  /** A card is in a hand or on its way: what the server says of it waits, or it would go back under the hand. */
  get isBusy() { return this.isHolding || this.sending > 0; }

  createRenderRoot() { return /** @type {HTMLElement} */ (this.querySelector(".board-tools")); }

  connectedCallback() {
    super.connectedCallback();
    this.columns = new Columns(this, about);
    const moved = (card, stage, back) => {
      const id = Number(card.dataset.deal);
      if (!this.chosen.includes(id) || this.chosen.length < 2) { this.move([id], stage, back); return; }
      back();
      this.moveAway(this.chosen, stage);
    };
    const holding = (held) => { this.isHolding = held; if (!held) this.catchUp(); };
    if (about.writes) {
      if (matchMedia("(min-width: 761px)").matches) byDragging(this.columns, moved, holding);
      byKeys(this.columns, moved, holding);
    }
    this.classList.toggle("writes", about.writes);
    onKey("Escape", () => { if (this.chosen.length) { this.clear(); announce("Nothing is selected."); } });
    if (about.writes) {
      onKey("m", () => this.openMoving(this.meant()));
      onKey("b", () => /** @type {HTMLElement | null} */ (this.querySelector(".chosen select"))?.focus());
    }
    this.addEventListener("click", (event) => this.clicked(event));
    const picker = /** @type {HTMLSelectElement} */ (this.querySelector("#stage"));
    picker?.addEventListener("change", () => {
      for (const col of this.columns.all) col.classList.toggle("shown", col.dataset.stage === picker.value);
      this.columns.watch();
    });
    for (const one of document.querySelectorAll(".board-bar select")) {
      one.addEventListener("change", () => /** @type {HTMLFormElement} */ (one.closest("form")).requestSubmit());
    }
    document.querySelector(".board-bar")?.addEventListener("formdata", (event) => {
      const { formData } = /** @type {FormDataEvent} */ (event);
      for (const [name, value] of [...formData]) if ((!value && name !== "view") || (name === "sort" && value === "newest")) formData.delete(name);
    });
    this.listen();
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const card = /** @type {HTMLElement | null} */ (target.closest(".deal-card"));
    if (!card) return;
    if (target.matches(".move")) this.openMoving([Number(card.dataset.deal)]);
    if (target.matches("input[type=checkbox]")) {
      const on = box(card).checked;
      const all = [...(card.parentElement?.querySelectorAll(".deal-card:not([hidden])") ?? [])];
      const [here, there] = [all.indexOf(card), this.last ? all.indexOf(this.last) : -1];
      const range = event.shiftKey && there >= 0 ? all.slice(Math.min(here, there), Math.max(here, there) + 1) : [card];
      for (const one of range) { box(one).checked = on; one.classList.toggle("selected", on); }
      this.last = card;
      this.choose();
    }
  }

  /** What a key is about: the selected, or the card that has the focus. @returns {number[]} */
  meant() {
    const card = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest(".deal-card"));
    return this.chosen.length ? this.chosen : card ? [Number(card.dataset.deal)] : [];
  }

  choose() {
    const before = this.chosen.length;
    this.chosen = [...this.querySelectorAll(".deal-card.selected")].map((one) => Number(/** @type {HTMLElement} */ (one).dataset.deal));
    if (this.chosen.length !== before) announce(`${this.chosen.length || "No"} ${this.chosen.length === 1 ? "deal" : "deals"} selected.`);
  }

  clear() {
    const first = this.querySelector(".deal-card.selected .name");
    if (this.querySelector(".chosen")?.contains(document.activeElement)) /** @type {HTMLElement | null} */ (first)?.focus();
    for (const card of this.querySelectorAll(".deal-card.selected")) { box(card).checked = false; card.classList.remove("selected"); }
    this.chosen = [];
  }

  /** @param {number[]} ids @param {number} stage @param {() => void} back */
  async move(ids, stage, back) {
    const name = about.stages.find((one) => one.id === stage)?.name;
    const done = await this.change(ids, { stage }, `Moved to ${name}.`);
    if (!done) back();
  }

  /** @param {number[]} ids @param {number} stage */
  moveAway(ids, stage) {
    const places = ids.map((id) => this.columns.card(id)).filter((card) => card !== null)
      .map((card) => ({ card, list: card.parentElement, next: card.nextElementSibling }));
    for (const { card } of places) this.columns.list(stage)?.prepend(card);
    this.move(ids, stage, () => {
      for (const { card, list, next } of places.reverse()) this.columns.back(card, list, next);
    });
  }

  /**
   * Tells the server, asks for what it still needs, and shows what it answers.
   * @param {number[]} ids @param {Record<string, any>} body @param {string} said @returns {Promise<boolean>}
   */
  async change(ids, body, said) {
    this.turn += 1;
    this.sending += 1;
    try {
      return await this.tell(ids, body, said);
    } finally {
      this.sending -= 1;
      this.turn += 1;
      setTimeout(() => this.catchUp()); // after whoever asked has put a refused card back
    }
  }

  /** @param {number[]} ids @param {Record<string, any>} body @param {string} said @returns {Promise<boolean>} */
  async tell(ids, body, said) {
    let told;
    try {
      told = await ask(`${this.columns.path}change/${location.search}`, { deals: ids, ...body });
    } catch (error) {
      announce(`${/** @type {Error} */ (error).message} The card is back where it was.`);
      return false;
    }
    if (told.asks) {
      const given = await new Promise((answer) => { this.asked = { fields: told.asks, answer }; });
      this.asked = null;
      if (!given) { announce("Nothing was changed."); return false; }
      const { loss_reason, ...fields } = given;
      return this.tell(ids, { ...body, ...(loss_reason ? { loss_reason } : {}), fields: { ...body.fields, ...fields } }, said);
    }
    this.columns.put(told, { stay: true });
    this.choose();
    for (const sentence of told.refused) toast(sentence, { bad: true });
    if (told.undo.length) toast(said, { undo: () => this.goBack(told.undo) });
    return true;
  }

  /** @param {any[]} undo */
  async goBack(undo) {
    const told = await ask(`${this.columns.path}undo/${location.search}`, { undo });
    this.columns.put(told);
    toast(told.refused.length ? told.refused[0] : "The change is taken back.", { bad: told.refused.length > 0 });
  }

  listen() {
    if (this.source || document.hidden) return;
    this.source = new EventSource(`${this.columns.path}live/`);
    let began = false;
    this.source.addEventListener("open", async () => {
      if (began || this.turns > 1) { this.anew(); return; }
      began = true;
      this.turns = 2;
      await this.meanwhile();
      this.dataset.listens = "";
    });
    this.source.addEventListener("gap", () => this.anew());
    this.source.addEventListener("message", (event) => { this.waiting.push(JSON.parse(event.data)); this.catchUp(); });
    if (this.turns) return;
    this.turns = 1;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.deafen() : this.listen()));
    addEventListener("pagehide", () => this.deafen());
  }

  /** What was written while the page was on its way. */
  async meanwhile() {
    const query = new URLSearchParams(location.search);
    query.set("since", about.now);
    const told = await ask(`${this.columns.path}cards/?${query}`, undefined, { quiet: true });
    if (told.gap) this.anew();
    else { this.waiting.push({ ...told, isNarrowed: true }); await this.catchUp(); }
  }

  deafen() {
    this.source?.close();
    this.source = null;
  }

  async catchUp() {
    let many = 0;
    for (; this.waiting.length && !this.isBusy && !this.isLooking; many += 1) {
      const told = this.waiting.shift();
      const shown = (about.narrowed || about.grouped) && !told.isNarrowed ? await this.narrowed(told) : told;
      if (this.isBusy) { this.waiting.unshift(told); break; }
      this.columns.put(shown);
    }
    if (many) this.choose();
  }

  /** What a change means to a board that shows only some. @param {any} told */
  narrowed(told) {
    const query = new URLSearchParams(location.search);
    query.set("ids", [...told.cards.map((one) => one.id), ...told.gone].join(","));
    return ask(`${this.columns.path}cards/?${query}`, undefined, { quiet: true });
  }

  /** Soon, and not all boards at once. */
  anew() {
    if (this.timer) return;
    const rest = Math.max(0, ANEW_AT_MOST_EVERY_MS - (Date.now() - this.seenAt));
    this.timer = setTimeout(async () => {
      this.timer = 0;
      this.seenAt = Date.now();
      if (!(await this.look())) this.anew();
    }, rest + Math.random() * 500);
  }

  /** @returns {Promise<boolean>} whether it was shown: not under a hand, nor over a move that it cannot know of */
  async look() {
    const { turn } = this;
    const isFree = () => !this.isBusy && this.turn === turn;
    if (!isFree()) return false;
    this.isLooking = true;
    try {
      return await this.columns.anew(isFree);
    } finally {
      this.isLooking = false;
      this.catchUp();
    }
  }

  /** @param {number[]} ids */
  openMoving(ids) { this.moving = ids; }

  updated() {
    for (const dialog of this.querySelectorAll(".board-tools dialog")) {
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    }
  }

  render() {
    return html`${this.chosen.length ? this.bar() : nothing}${this.moving.length ? this.picking() : nothing}${this.asked ? this.asking() : nothing}`;
  }

  bar() {
    const many = `${this.chosen.length} ${this.chosen.length === 1 ? "deal" : "deals"}`;
    const pick = (label, choices, act) => html`<select class="input" aria-label=${label} @change=${(event) => {
      const { value } = event.target;
      event.target.value = "";
      if (value) act(Number(value));
    }}><option value="">${label}</option>${choices.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select>`;
    return html`<div class="chosen" role="region" aria-label="Selected deals"
      @keydown=${(event) => { if (event.key === "Escape") this.clear(); }}>
      <strong>${many}</strong>
      ${about.writes ? html`
        ${pick("Move to", about.stages, (stage) => this.moveAway(this.chosen, stage))}
        ${pick("Assign to", about.members, (id) => this.change(this.chosen, { assigned_to: id }, `${many} assigned.`))}
        ${pick("Status", about.statuses, (id) => this.change(this.chosen, { status: id }, `${many} changed.`))}
        <form class="line kept" @submit=${(event) => {
          event.preventDefault();
          const input = event.target.elements.tag;
          if (input.value.trim()) this.change(this.chosen, { add_tag: input.value.trim() }, `${many} tagged.`);
          input.value = "";
        }}><input class="input" name="tag" aria-label="Tag to add" placeholder="Add a tag" maxlength="255" autocomplete="off"></form>` : nothing}
      <button type="button" class="button plain" @click=${() => this.clear()}>Clear</button>
    </div>`;
  }

  picking() {
    const ids = this.moving;
    const card = this.columns.card(ids[0]);
    const here = card ? this.columns.stageOf(card) : 0;
    return html`<dialog aria-labelledby="moving-title" @close=${() => { this.moving = []; }}>
      <h2 id="moving-title">Move ${ids.length > 1 ? `${ids.length} deals` : card?.querySelector(".name")?.textContent}</h2>
      <div class="stack tight">${about.stages.map((one) => html`<button type="button" class="button" ?disabled=${ids.length === 1 && one.id === here}
        @click=${(event) => {
          event.target.closest("dialog").close();
          this.moveAway(ids, one.id);
          /** @type {HTMLElement | null | undefined} */ (this.columns.card(ids[0])?.querySelector(".name"))?.focus();
        }}>${ids.length === 1 && one.id === here ? `In ${one.name}` : one.name}</button>`)}</div>
      <div class="buttons"><button type="button" class="button" data-closes>Cancel</button></div>
    </dialog>`;
  }

  asking() {
    const { fields, answer } = /** @type {NonNullable<typeof this.asked>} */ (this.asked);
    return html`<dialog aria-labelledby="asking-title" @close=${() => answer(null)}>
      <h2 id="asking-title">This stage needs to know</h2>
      <form class="stack" method="dialog" @submit=${(event) => answer(read(event.target, fields))}>
        ${fields.map((one) => html`<div class="field"><label for="ask-${one.name}">${one.label}</label>${control(one, about)}</div>`)}
        <div class="buttons"><button type="button" class="button" data-closes>Leave it where it was</button><button class="button main">Go on</button></div>
      </form>
    </dialog>`;
  }
}

customElements.define("deal-board", DealBoard);
