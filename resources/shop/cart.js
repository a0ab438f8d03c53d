// What a buyer's phone keeps by itself: the choice, an order that was not answered yet, where the buyer came from.
"use strict";
const cart = (() => {
  const RESUME_MS = 600000; // an order older than that is not sent again by itself: the shop's list says whether it came
  const memory = {}; // private mode: as long as the page lives

  function read(kept, name) {
    try { return JSON.parse(kept().getItem(name)) ?? memory[name] ?? null; } catch { return memory[name] ?? null; }
  }

  function write(kept, name, value) {
    memory[name] = value;
    try {
      if (value === null) kept().removeItem(name);
      else kept().setItem(name, JSON.stringify(value));
    } catch { /* private mode */ }
  }

  const long = () => localStorage, short = () => sessionStorage;
  const asked = new URLSearchParams(location.search);
  const tag = asked.get("from");
  if (/^[A-Za-z0-9_-]{1,32}$/.test(tag ?? "")) write(short, "from", tag);

  return {
    // One choice for each drop, good for one run of it; `first`: when this drop was first seen, ms.
    choice(id, run) {
      const kept = read(long, "choice:" + id);
      const choice = kept && kept.run === run ? kept : { run, sku: null, quantity: 1, code: "", first: Date.now() };
      const code = asked.get("code") || asked.get("ticket");
      return code ? { ...choice, code: code.slice(0, 64) } : choice;
    },
    keepChoice(id, choice) { write(long, "choice:" + id, choice); },

    // What was begun and not answered: a reload, a closed tab or a second press is the same order.
    pending(id, run) {
      const wish = read(long, "buy:" + id);
      if (wish && (wish.run !== run || !(Date.now() - wish.at < RESUME_MS))) { this.keepPending(id, null); return null; }
      return wish;
    },
    keepPending(id, wish) { write(long, "buy:" + id, wish); },

    source: () => read(short, "from") ?? "livestream",
  };
})();
