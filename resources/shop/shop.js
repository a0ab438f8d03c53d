// The buyer's page: shows the drop as the shop tells it, and buys exactly once over any connection.
"use strict";
(() => {
  const main = document.getElementById("drop");
  const at = (id) => document.getElementById(id);
  const seed = JSON.parse(main.dataset.seed);
  const WORDS = { draft: "Not on sale", armed: "Opens soon", countdown: "Opens in a moment", open: "On sale now", paused: "One moment", sold_out: "Sold out", closed: "The sale is over" };
  const HINTS = {
    draft: "This is not on sale any more. Stay with the show: it may come back.",
    armed: "Stay on this page: the button appears by itself when the sale starts.",
    countdown: "Stay on this page: the button appears by itself when the clock is at zero.",
    open: "",
    paused: "The shop takes no orders right now. Stay on this page.",
    sold_out: "Every piece is gone. Should one come back, the button appears again.",
    closed: "Thank you for being there. Stay with the show for what comes next.",
  };
  const TRY_WITHIN_MS = 8000;
  const PAUSES_MS = [400, 800, 1500, 3000, 5000];
  const GIVE_UP_MS = 90000;

  let drop = seed.drop;
  let mine = seed.mine;
  const shown = new Set();
  let endsAt = null; // on performance.now(): the phone's own clock may be off
  let opensAt = null, opening;
  let quantity = 1;
  let isBuying = false;

  // What was begun and not answered: kept, so that a reload or a second press is the same order.
  const pending = {
    get name() { return "buy:" + drop.id; },
    read() { try { return JSON.parse(sessionStorage.getItem(this.name)); } catch { return this.memory || null; } },
    write(wish) { this.memory = wish; try { sessionStorage.setItem(this.name, JSON.stringify(wish)); } catch { /* private mode */ } },
    forget() { this.memory = null; try { sessionStorage.removeItem(this.name); } catch { /* private mode */ } },
  };

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  function say(text) {
    at("message").textContent = text;
    at("message").hidden = !text;
  }

  // More buyers than the shop can serve at once: first come, first served, and this is where we stand.
  function stand(place) {
    at("place").hidden = !place;
    if (!place) return;
    at("place-words").textContent = "You are number " + place.position + " of " + place.of + " in the line.";
    at("place-bar").max = place.of;
    at("place-bar").value = place.of - place.position + 1;
  }

  function isOpen() { return drop.state === "open" && drop.checkout === "open"; }

  // Pieces of this run that this buyer has already, as far as this page knows; the shop has the last word.
  function bought() { return mine.filter((o) => o.run === drop.run).reduce((sum, o) => sum + o.quantity, 0); }

  function mostNow() { return Math.max(0, Math.min(drop.per_buyer - bought(), drop.stock_left)); }

  function total() {
    const digits = drop.minor_digits;
    const amount = (drop.price_minor * quantity / 10 ** digits).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return amount + drop.price.replace(/^[\d.,]+/, "");
  }

  function state() { return drop.state === "open" && drop.checkout !== "open" ? "paused" : drop.state; }

  function hint() {
    if (state() !== "open" || bought() < drop.per_buyer) return HINTS[state()];
    return drop.per_buyer === 1 ? "One piece for each buyer: you have yours." : "You have all " + drop.per_buyer + " pieces that one buyer may have.";
  }

  function show() {
    const canBuy = isOpen() && mostNow() > 0;
    main.dataset.state = state();
    at("state").lastElementChild.textContent = WORDS[state()];
    at("hint").textContent = hint();
    at("price").textContent = drop.price;
    at("left").textContent = drop.stock_left;
    at("left").parentElement.classList.toggle("is-urgent", drop.stock_left <= 5);
    at("stock-bar").max = Math.max(1, drop.stock);
    at("stock-bar").value = drop.stock_left;
    at("left").parentElement.hidden = at("stock-bar").hidden = !["armed", "countdown", "open", "paused"].includes(state());
    quantity = Math.max(1, Math.min(quantity, mostNow()));
    at("quantity").textContent = quantity;
    at("fewer").disabled = isBuying || quantity <= 1;
    at("more").disabled = isBuying || quantity >= mostNow();
    at("pay").disabled = isBuying;
    at("pay").textContent = isBuying ? at("place").hidden ? "Buying…" : "In the line…" : "Buy · " + total();
    at("pay").hidden = !canBuy && !isBuying && !pending.read();
    at("quantity-box").hidden = at("pay").hidden || drop.per_buyer < 2;
    at("buy").hidden = at("pay").hidden && at("message").hidden;
    tick();
  }

  function tick() {
    const isCounting = drop.state === "countdown" && opensAt !== null;
    const isRunning = drop.state === "open" && endsAt !== null;
    at("clock-fact").hidden = !isRunning && !isCounting;
    if (at("clock-fact").hidden) return;
    at("clock-word").textContent = isCounting ? "until it opens" : "to go";
    const left = Math.max(0, Math.ceil(((isCounting ? opensAt : endsAt) - performance.now()) / 1000));
    const minutes = Math.floor(left / 60) % 60, hours = Math.floor(left / 3600);
    at("clock").textContent = (hours ? hours + ":" + String(minutes).padStart(2, "0") : minutes) + ":" + String(left % 60).padStart(2, "0");
    at("clock-fact").classList.toggle("is-urgent", isRunning && left <= 30);
  }

  // At zero every page opens by itself, at the same moment, however late the shop's news of it comes to each.
  function openNow() {
    if (drop.state !== "countdown") return;
    drop = { ...drop, state: "open" };
    show();
  }

  function take(now) {
    if (now.state !== drop.state && !isBuying && !pending.read()) say("");
    drop = { ...drop, ...now };
    endsAt = typeof drop.closes_in_s === "number" ? performance.now() + drop.closes_in_s * 1000 : null;
    opensAt = typeof drop.opens_in_s === "number" ? performance.now() + drop.opens_in_s * 1000 : null;
    clearTimeout(opening);
    if (drop.state === "countdown" && opensAt !== null) opening = setTimeout(openNow, drop.opens_in_s * 1000);
    show();
  }

  function addTicket(order, isNew) {
    if (shown.has(order.id)) return; // found again by a reload and by the repeated try: one order, one ticket
    shown.add(order.id);
    const ticket = at("ticket").content.cloneNode(true).firstElementChild;
    ticket.querySelector(".what").textContent = order.quantity + " × " + drop.title + " · " + order.amount;
    ticket.querySelector(".number").textContent = order.pickup;
    at("tickets").prepend(ticket);
    if (isNew) { ticket.focus({ preventScroll: true }); ticket.scrollIntoView({ block: "center" }); }
  }

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function once(wish) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TRY_WITHIN_MS);
    try {
      const response = await fetch("/v1/drops/" + encodeURIComponent(drop.id) + "/orders", {
        method: "POST", signal: stop.signal, credentials: "same-origin", cache: "no-store",
        headers: { "Content-Type": "application/json", "Idempotency-Key": '"' + wish.key + '"' },
        body: JSON.stringify({ quantity: wish.quantity, expect_price_minor: wish.price_minor }),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      return null; // no answer, or half of one: nobody knows, so the same order is sent again
    } finally {
      clearTimeout(timer);
    }
  }

  const isUndecided = (a) => a === null || a.status >= 500 || [202, 408, 425, 429].includes(a.status);

  async function buy(wish) {
    if (isBuying) return;
    isBuying = true;
    pending.write(wish);
    say("");
    show();
    let began = performance.now();
    let answer = await once(wish);
    for (let n = 0; isUndecided(answer) && performance.now() - began < GIVE_UP_MS; n += 1) {
      const place = answer && answer.body.line;
      stand(place);
      if (place) [began, n] = [performance.now(), -1];
      say(place ? "" : "The connection is weak. Still trying: you will not buy twice.");
      show();
      await pause((place ? place.ask_again_s * 1000 : PAUSES_MS[Math.min(n, PAUSES_MS.length - 1)]) * (0.75 + Math.random() / 2));
      answer = await once(wish);
    }
    stand(null);
    isBuying = false;
    if (isUndecided(answer)) {
      say("No answer from the shop. Press Buy again: it is the same order, you will not buy twice.");
    } else if (answer.status === 201) {
      pending.forget();
      quantity = 1;
      say("");
      mine = [...mine.filter((o) => o.id !== answer.body.id), answer.body];
      addTicket(answer.body, true);
    } else {
      pending.forget();
      say(answer.body.detail || "The shop did not take the order.");
    }
    show();
  }

  at("buy").addEventListener("submit", (event) => {
    event.preventDefault();
    const begun = pending.read();
    if (begun || isOpen()) buy(begun || { key: newKey(), quantity, price_minor: drop.price_minor });
  });
  at("fewer").addEventListener("click", () => { quantity -= 1; say(""); show(); });
  at("more").addEventListener("click", () => { quantity += 1; say(""); show(); });

  // Live state by server-sent events; the browser comes back by itself, and we look for it when it gives up.
  let stream = null, lostAt = null;
  function listen() {
    stream = new EventSource("/v1/drops/" + encodeURIComponent(drop.id) + "/stream");
    stream.addEventListener("drop", (event) => { lostAt = null; at("line").hidden = true; take(JSON.parse(event.data)); });
    stream.addEventListener("open", () => { lostAt = null; at("line").hidden = true; });
    stream.addEventListener("error", () => {
      lostAt ??= performance.now();
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000 + Math.random() * 2000);
    });
  }
  setInterval(() => {
    tick();
    if (lostAt !== null && performance.now() - lostAt > 3000) at("line").hidden = false;
  }, 250);

  take(seed.drop);
  mine.forEach((order) => addTicket(order, false));
  listen();
  const begun = pending.read();
  if (begun) buy(begun);
})();
