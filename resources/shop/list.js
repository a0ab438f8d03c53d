// The list of what is sold: kept as the shop tells it, in its order; what stays is not touched, so that nothing jumps.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const words = JSON.parse(at("list").dataset.words);
  const rows = new Map(Array.from(at("drops").children, (row) => [row.dataset.id, row]));
  const states = new Map(Array.from(rows, ([id, row]) => [id, row.firstElementChild.dataset.state]));

  const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const stateWords = (drop) => (drop.state === "open" ? "On sale · " + drop.stock_left + " left" : words[drop.state] || drop.state);

  function rowOf(id) {
    if (!rows.has(id)) {
      const row = at("row").content.cloneNode(true).firstElementChild;
      row.dataset.id = id;
      row.firstElementChild.href = "/d/" + encodeURIComponent(id) + at("list").dataset.tag;
      rows.set(id, row);
    }
    return rows.get(id);
  }

  function show(drop) {
    const row = rowOf(drop.id), link = row.firstElementChild;
    link.dataset.state = drop.state;
    link.classList.toggle("is-highlighted", drop.is_highlighted);
    link.querySelector(".pin").hidden = !drop.is_highlighted;
    put(link.querySelector(".small-picture"), Array.from(drop.title)[0] || "");
    put(link.querySelector("b"), drop.title);
    put(link.querySelector(".state span"), stateWords(drop));
    put(link.querySelector(".amount"), drop.price);
    if (states.get(drop.id) !== drop.state && drop.state === "open") put(at("news"), drop.title + ": on sale now");
    states.set(drop.id, drop.state);
    return row;
  }

  function take(drops) {
    const ordered = drops.map(show);
    for (const [id, row] of rows) if (!ordered.includes(row)) { row.remove(); rows.delete(id); states.delete(id); }
    const focused = document.activeElement; // a row that is moved would lose it
    ordered.forEach((row, place) => { if (at("drops").children[place] !== row) at("drops").insertBefore(row, at("drops").children[place] || null); });
    if (at("drops").contains(focused) && focused !== document.activeElement) focused.focus({ preventScroll: true });
    put(at("title"), drops.length ? "In this show" : "Nothing is on sale yet");
    at("nothing").hidden = drops.length > 0;
  }

  // The browser comes back by itself, and we look for it when it gives up.
  let stream = null, lostAt = null;
  const isThere = () => { lostAt = null; at("line").hidden = true; };
  function listen() {
    stream = new EventSource("/v1/stream");
    stream.addEventListener("drops", (event) => { isThere(); take(JSON.parse(event.data).drops); });
    stream.addEventListener("open", isThere);
    stream.addEventListener("error", () => {
      lostAt ??= performance.now();
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000 + Math.random() * 2000);
    });
  }
  setInterval(() => { if (lostAt !== null && performance.now() - lostAt > 3000) at("line").hidden = false; }, 500);
  listen();
})();
