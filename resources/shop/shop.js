// The buyer's page: shows the drop as the shop tells it, and buys exactly once over any connection.
"use strict";
(() => {
  const main = document.getElementById("drop");
  const at = (id) => document.getElementById(id);
  const seed = JSON.parse(main.dataset.seed);
  const WORDS = { draft: "Not on sale", armed: "Opens soon", countdown: "Opens in a moment", open: "On sale now", paused: "One moment", reserved: "All reserved", sold_out: "Sold out", closed: "The sale is over" };
  const HINTS = {
    draft: "This is not on sale any more. Stay with the show: it may come back.",
    armed: "Stay on this page: the button appears by itself when the sale starts.",
    countdown: "Stay on this page: the button appears by itself when the clock is at zero.",
    open: "",
    paused: "The shop takes no orders right now. Stay on this page.",
    reserved: "Every piece is reserved, but not every one is paid. Wait for one to come back: first come, first served.",
    sold_out: "Every piece is gone. Should one come back, the button appears again.",
    closed: "Thank you for being there. Stay with the show for what comes next.",
  };
  const BEFORE_THE_END = ["armed", "countdown", "open", "paused", "reserved"];
  const TRY_WITHIN_MS = 8000;
  const PAUSES_MS = [400, 800, 1500, 3000, 5000];
  const GIVE_UP_MS = 90000;
  const FAR_MS = 12 * 3600000; // an end that is further away has no clock: nobody waits for it

  let drop = seed.drop;
  let changed = seed.mine.changed; // the newest change of this buyer's orders that is shown
  let opensAt = null, endsAt = null, openToAllAt = null, opening; // on performance.now(): the phone's own clock may be off
  let choice = cart.choice(drop.id, drop.run);
  let isBuying = false;
  let waitsOnly = null; // the kind that others wait for: what is left of it is theirs

  let seenAt = performance.now() - Math.max(0, Date.now() - choice.first);

  const address = (rest) => "/v1/drops/" + encodeURIComponent(drop.id) + rest;
  const pending = () => cart.pending(drop.id, drop.run);
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  // Only what is new: a screen reader says it once.
  function put(element, text) { if (element.textContent !== String(text)) element.textContent = text; }

  function say(text) {
    at("message").textContent = text;
    at("message").hidden = !text;
    if (!text) at("code").removeAttribute("aria-invalid");
  }

  // More buyers than the shop can serve at once: first come, first served, and this is where we stand.
  function stand(place) {
    at("place").hidden = !place;
    if (!place) return;
    at("place-words").textContent = "You are number " + place.position + " of " + place.of + " in the line.";
    at("place-bar").max = place.of;
    at("place-bar").value = place.of - place.position + 1;
  }

  // A drop without kinds is its own only one.
  function hasKinds() { return (drop.variants ?? []).length > 0; }
  function kinds() { return hasKinds() ? drop.variants : [drop]; }
  function isToWaitFor(kind) {
    const isLeft = kind.most > 0 && !(drop.waiting > 0 && (!hasKinds() || kind.sku === waitsOnly));
    return !isLeft && kind.most_to_wait_for > 0;
  }
  function most(kind) { return isToWaitFor(kind) ? kind.most_to_wait_for : kind.most; }
  function chosen() { return kinds().find((kind) => (!hasKinds() || kind.sku === choice.sku) && most(kind) > 0) ?? null; }

  function state() {
    if (["open", "sold_out"].includes(drop.state) && drop.checkout !== "open") return drop.state === "open" ? "paused" : "sold_out";
    return drop.state === "sold_out" && kinds().some((kind) => most(kind) > 0) ? "reserved" : drop.state;
  }
  function isOpen() { return ["open", "reserved"].includes(state()); }
  function room() { return Math.max(0, drop.per_buyer - tickets.count()); }
  function canOrder() { return isOpen() && room() > 0 && kinds().some((kind) => most(kind) > 0); }

  function money(minor) {
    const digits = drop.minor_digits;
    const amount = (minor / 10 ** digits).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return amount + drop.price.replace(/^[\d.,]+/, "");
  }

  function price() {
    const prices = kinds().map((kind) => kind.price_minor), kind = chosen();
    if (kind) return money(kind.price_minor);
    return (Math.min(...prices) < Math.max(...prices) ? "from " : "") + money(Math.min(...prices));
  }

  function hint() {
    if (isOpen() && room() === 0) {
      if (!tickets.areMine()) return "At most " + drop.per_buyer + " for each buyer: your order is below.";
      return drop.per_buyer === 1 ? "One piece for each buyer: you have yours." : "You have all " + drop.per_buyer + " pieces that one buyer may have.";
    }
    return HINTS[state()] + (state() === "reserved" && drop.waiting ? " " + drop.waiting + (drop.waiting === 1 ? " waits" : " wait") + " already." : "");
  }

  // How it is sold, said before anybody buys.
  function terms() {
    if (!BEFORE_THE_END.includes(state()) || room() === 0) return "";
    if (drop.hold === "first_paid") return "Nothing is reserved here: who pays first has it.";
    if (drop.hold !== "reserve") return "";
    const minutes = drop.hold_s / 60;
    return "What you buy is reserved for " + (Number.isInteger(minutes) ? minutes + (minutes === 1 ? " minute" : " minutes") : drop.hold_s + " seconds") + ": pay in that time.";
  }

  function label() {
    const kind = chosen(), quantity = choice.quantity;
    if (isBuying) return at("place").hidden ? "One moment…" : "In the line…";
    if (pending()) return "Buy again";
    if (kind === null) return "Choose one first";
    if (isToWaitFor(kind)) return quantity === 1 ? "Wait for a piece" : "Wait for " + quantity + " pieces";
    return (tickets.count() ? "Buy more · " : "Buy · ") + money(kind.price_minor * quantity);
  }

  function left(kind) {
    if (isToWaitFor(kind)) return "All reserved: you can wait";
    return kind.stock_left > 0 ? kind.stock_left + " left" : "Sold out";
  }

  function showKinds() {
    const box = at("kinds");
    if ([...box.querySelectorAll("input")].map((i) => i.value).join() !== drop.variants.map((kind) => kind.sku).join()) {
      box.querySelectorAll(".kind").forEach((row) => row.remove());
      for (const kind of drop.variants) {
        const row = at("kind").content.cloneNode(true).firstElementChild;
        row.querySelector("input").value = kind.sku;
        box.append(row);
      }
    }
    box.querySelectorAll(".kind").forEach((row, n) => {
      const kind = drop.variants[n], radio = row.querySelector("input");
      radio.disabled = most(kind) === 0;
      radio.checked = kind === chosen();
      put(row.querySelector("b"), kind.name);
      put(row.querySelector("small"), left(kind));
      put(row.querySelector(".amount"), kind.price);
    });
  }

  function showChoice() {
    const isWanted = BEFORE_THE_END.includes(state()) && room() > 0;
    at("kinds").hidden = !isWanted || !hasKinds();
    at("code-box").hidden = !isWanted || !drop.needs_code;
    at("choice").hidden = at("kinds").hidden && at("code-box").hidden;
    if (!at("kinds").hidden) showKinds();
    if (document.activeElement !== at("code")) at("code").value = choice.code;
  }

  function showPicture() {
    const picture = at("picture").querySelector("img");
    if ((picture?.getAttribute("src") ?? null) === drop.picture) return;
    picture?.remove();
    if (!drop.picture) return;
    const image = Object.assign(new Image(1200, 900), { alt: drop.title, src: drop.picture });
    at("picture").append(image);
  }

  function show() {
    main.dataset.state = state();
    put(at("state").lastElementChild, isOpen() && drop.needs_code ? "On sale with a code" : WORDS[state()]);
    put(at("hint"), hint());
    put(at("terms"), terms());
    put(at("price"), price());
    put(at("left"), drop.stock_left);
    at("left").parentElement.classList.toggle("is-urgent", drop.stock_left <= 5);
    at("stock-bar").max = Math.max(1, drop.stock);
    at("stock-bar").value = drop.stock_left;
    at("left").parentElement.hidden = at("stock-bar").hidden = !BEFORE_THE_END.includes(state());
    put(at("held"), drop.held);
    at("held-fact").hidden = !drop.held || at("left").parentElement.hidden;
    showChoice();
    const kind = chosen(), limit = Math.min(room(), kind === null ? 1 : most(kind));
    choice.quantity = Math.max(1, Math.min(choice.quantity, limit));
    put(at("quantity"), choice.quantity);
    at("fewer").disabled = isBuying || choice.quantity <= 1;
    at("more").disabled = isBuying || choice.quantity >= limit;
    at("pay").disabled = isBuying;
    put(at("pay"), label());
    at("pay").classList.toggle("is-second", tickets.count() > 0 && !pending()); // what is to be paid comes first
    at("pay").hidden = !canOrder() && !isBuying && !pending();
    at("quantity-box").hidden = at("pay").hidden || drop.per_buyer < 2;
    at("buy").hidden = at("pay").hidden && at("message").hidden;
    tick();
  }

  function tick() {
    const now = performance.now(), isCounting = drop.state === "countdown" && opensAt !== null;
    const isRunning = drop.state === "open" && endsAt !== null && endsAt - now < FAR_MS;
    at("clock-fact").hidden = !isRunning && !isCounting;
    if (!at("clock-fact").hidden) {
      put(at("clock-word"), isCounting ? "until it opens" : "to go");
      put(at("clock"), tickets.clock((isCounting ? opensAt : endsAt) - now));
      at("clock-fact").classList.toggle("is-urgent", isRunning && endsAt - now <= 30000);
    }
    put(at("code-words"), openToAllAt === null ? "This sale is for those who have a code." : "First for those who have a code. Open to everybody in");
    put(at("code-clock"), openToAllAt === null ? "" : tickets.clock(openToAllAt - now));
    tickets.tick();
    const title = (tickets.isTurn() ? "Your turn! " : "") + drop.title + " · " + price();
    if (document.title !== title) document.title = title;
  }

  // At zero every page opens by itself, at the same moment, however late the shop's news of it comes to each.
  function openNow() {
    if (drop.state !== "countdown") return;
    drop = { ...drop, state: "open" };
    show();
  }

  function take(now, from = performance.now()) {
    if (now.state !== drop.state && !isBuying && !pending()) say("");
    if ("run" in now && now.run !== drop.run) {
      choice = cart.choice(drop.id, now.run);
      seenAt = performance.now();
    }
    drop = { ...drop, ...now };
    const then = (seconds) => typeof seconds === "number" ? from + seconds * 1000 : null;
    opensAt = then(drop.opens_in_s);
    endsAt = then(drop.closes_in_s);
    openToAllAt = then(drop.open_to_all_in_s);
    clearTimeout(opening);
    if (drop.state === "countdown" && opensAt !== null) opening = setTimeout(openNow, opensAt - performance.now());
    tickets.forRun(drop.run);
    showPicture();
    show();
  }

  function choose(what) {
    choice = { ...choice, ...what };
    cart.keepChoice(drop.id, choice);
  }

  let hurry = () => {}; // ends the pause between two tries: the answer is there
  const pause = (ms) => new Promise((done) => { hurry = done; setTimeout(done, ms); });

  async function once(wish) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TRY_WITHIN_MS);
    const viewed_s_ago = Math.min(86400, (performance.now() - seenAt) / 1000);
    try {
      const response = await fetch(address("/orders"), {
        method: "POST", signal: stop.signal, credentials: "same-origin", cache: "no-store",
        headers: { "Content-Type": "application/json", "Idempotency-Key": '"' + wish.key + '"' },
        body: JSON.stringify({ ...wish.body, viewed_s_ago }),
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
    cart.keepPending(drop.id, wish);
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
      cart.keepPending(drop.id, null);
      choose({ quantity: 1 });
      say("");
      tickets.keep([answer.body]);
      tickets.focus(answer.body.id);
    } else {
      cart.keepPending(drop.id, null);
      refused(answer.body, wish);
    }
    show();
  }

  function refused(problem, wish) {
    if (problem.reason === "sold_out") waitsOnly = wish.body.sku ?? null;
    const kind = chosen();
    if (problem.reason === "sold_out" && kind !== null && isToWaitFor(kind)) say("Every piece is reserved right now. You can wait for one to come back.");
    else say(problem.detail || "The shop did not take the order.");
    if (["access", "code_used"].includes(problem.reason)) {
      at("code").setAttribute("aria-invalid", "true");
      reach(at("code"));
    }
  }

  // To the field that needs a hand, in the middle: the bar with the button would cover it on a small phone.
  function reach(field) {
    show();
    field?.focus({ preventScroll: true });
    field?.scrollIntoView({ block: "center" });
  }

  function begin() {
    const kind = chosen();
    if (kind === null) {
      say(hasKinds() ? "Choose one first." : "Sold out: every piece is gone.");
      reach(at("kinds").querySelector("input:enabled"));
    } else if (drop.needs_code && !choice.code.trim()) {
      say(openToAllAt === null ? "Type your code first." : "Type your code first, or wait until it is open to everybody.");
      reach(at("code"));
    } else {
      const body = { quantity: choice.quantity, expect_price_minor: kind.price_minor, source: cart.source() };
      if (hasKinds()) body.sku = kind.sku;
      if (drop.needs_code) body.code = choice.code.trim();
      if (isToWaitFor(kind)) body.waits = true;
      buy({ key: newKey(), run: drop.run, at: Date.now(), body });
    }
  }

  at("buy").addEventListener("submit", (event) => {
    event.preventDefault();
    const begun = pending();
    if (begun) buy(begun);
    else if (isOpen()) begin();
  });
  at("fewer").addEventListener("click", () => { choose({ quantity: choice.quantity - 1 }); say(""); show(); });
  at("more").addEventListener("click", () => { choose({ quantity: choice.quantity + 1 }); say(""); show(); });
  at("kinds").addEventListener("change", (event) => { choose({ sku: event.target.value }); say(""); show(); });
  at("code").addEventListener("input", () => { choose({ code: at("code").value }); say(""); show(); });
  at("picture").addEventListener("error", (event) => event.target.remove(), true); // its letter is under it

  // The buyer's own orders are asked for only when the stream, or a line that was lost, says that they may be others.
  let isAsking = false, heardOf = 0;
  async function askMine() {
    if (isAsking) return;
    isAsking = true;
    for (let n = 0; ; n = Math.min(n + 1, PAUSES_MS.length - 1)) {
      try {
        const response = await fetch(address("/mine"), { cache: "no-store" });
        if (response.ok) {
          const mine = await response.json();
          changed = mine.changed;
          tickets.keep(mine.orders);
          hurry();
          if (changed >= heardOf) break; // else something came while it was answered
        }
      } catch { /* no line: again */ }
      await new Promise((done) => setTimeout(done, PAUSES_MS[n]));
    }
    isAsking = false;
    show();
  }

  // Live state by server-sent events; the browser comes back by itself, and we look for it when it gives up.
  let stream = null, lostAt = null;
  function isBack() {
    const wasAway = lostAt !== null;
    lostAt = null;
    at("line").hidden = true;
    if (wasAway && tickets.any()) setTimeout(askMine, Math.random() * 1000); // not all at once
  }
  function listen() {
    stream = new EventSource(address("/stream"));
    stream.addEventListener("drop", (event) => { isBack(); take(JSON.parse(event.data)); });
    stream.addEventListener("mine", (event) => {
      const news = JSON.parse(event.data);
      tickets.places(news.ahead);
      heardOf = news.changed;
      if (heardOf > changed) askMine();
    });
    stream.addEventListener("open", isBack);
    stream.addEventListener("error", () => {
      lostAt ??= performance.now();
      heardOf = 0; // a shop that was started again counts anew
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000 + Math.random() * 2000);
    });
  }
  setInterval(() => {
    tick();
    if (lostAt !== null && performance.now() - lostAt > 3000) at("line").hidden = false;
  }, 250);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && tickets.any()) askMine(); });

  const told = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now();
  cart.keepChoice(drop.id, choice);
  tickets.forRun(drop.run);
  tickets.keep(seed.mine.orders, told);
  take(seed.drop, told);
  const begun = pending();
  if (begun) buy(begun);
  listen();
})();
