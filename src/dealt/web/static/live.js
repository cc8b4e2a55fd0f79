// @ts-check
/** Hearing of changes made elsewhere. Hidden pages stop listening, and are told to look anew when they are seen again. */

/** @typedef {{kind: string, contact: number, object: number, journal: number}} Change */

/**
 * @param {string[]} of what to hear of: "deal", "contact", "task" ...
 * @param {(changes: Change[]) => void} heard
 * @param {() => void} lookAnew called when something may have been missed
 * @returns {() => void} stops listening
 */
export function listen(of, heard, lookAnew) {
  /** @type {EventSource | null} */
  let source = null;
  let began = false;

  function begin() {
    if (source || document.hidden) return;
    source = new EventSource(`/live/?of=${of.join(",")}`);
    source.addEventListener("open", () => { if (began) lookAnew(); began = true; });
    source.addEventListener("gap", lookAnew);
    source.addEventListener("message", (event) => {
      const entries = JSON.parse(event.data);
      heard(entries.map(([kind, contact, object, journal]) => ({ kind, contact, object, journal })));
    });
  }
  function end() {
    source?.close();
    source = null;
  }
  const turn = () => (document.hidden ? end() : begin());
  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", end);
  begin();
  return () => { document.removeEventListener("visibilitychange", turn); end(); };
}
