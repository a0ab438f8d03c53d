// The counter's page: shows what the shop says, and sends every press once, however often the line breaks.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const LOOK_MS = 2000, TRY_WITHIN_MS = 6000, WEAK_MS = 60000;
  const PAUSES_MS = [300, 700, 1500, 3000];
  const LABELS = { hand: "Handed over", take_back: "Not handed over", undo: "Undo: not paid", refund: "Refund…" };
  let state = null, tag = "", good = null, quantity = 1, refunding = null, found = null, isBusy = false, seenAt = 0;

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // What was pressed and not answered: kept, so that a reload asks about the same press and makes no second one.
  const pending = {
    read() { try { return JSON.parse(sessionStorage.getItem("press")); } catch { return this.memory || null; } },
    write(press) { this.memory = press; try { sessionStorage.setItem("press", JSON.stringify(press)); } catch { /* private mode */ } },
    forget() { this.memory = null; try { sessionStorage.removeItem("press"); } catch { /* private mode */ } },
  };

  function say(text, isGood = false) {
    at("message").textContent = text;
    at("message").hidden = !text;
    at("message").classList.toggle("is-good", isGood);
  }

  async function ask(path, options = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TRY_WITHIN_MS);
    try {
      const response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options, signal: stop.signal });
      const body = response.status === 304 ? null : await response.json();
      return { status: response.status, body, tag: response.headers.get("ETag") || "" };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  const post = (path, body, key) => ask(path, {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-Counter": "1", ...(key ? { "Idempotency-Key": '"' + key + '"' } : {}) },
  });

  const reason = (answer) => [answer.body.detail, answer.body.fix].filter(Boolean).join(" ");

  function enter(isIn) {
    at("door").hidden = isIn;
    at("inside").hidden = !isIn;
    if (!isIn) { for (const open of document.querySelectorAll("dialog[open]")) open.close(); at("pin").focus(); }
  }

  async function look() {
    const answer = await ask("/counter/state", tag ? { headers: { "If-None-Match": tag } } : {});
    at("line").hidden = answer !== null && answer.status < 500;
    if (answer === null) return;
    if (answer.status === 401) { state = null; tag = ""; found = null; enter(false); return; }
    if (answer.status === 200) { state = answer.body; tag = answer.tag; seenAt = performance.now(); enter(true); show(); }
    if (answer.status === 304) enter(true);
  }

  at("enter").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/counter/session", { pin: at("pin").value.replaceAll(" ", "") });
    at("pin").value = "";
    const isIn = answer !== null && answer.status === 200;
    at("door-message").hidden = isIn;
    at("door-message").textContent = isIn ? "" : answer === null ? "No connection to the shop. Try again." : reason(answer);
    if (!isIn) { at("pin").focus(); return; }
    tag = "";
    await look();
    const begun = pending.read();
    if (begun) send(begun);
  });

  at("leave").addEventListener("click", async () => { await post("/counter/session/end", {}); tag = ""; await look(); });

  function show() {
    const { counter, orders, takings } = state;
    at("sell-hint").hidden = counter.is_open && counter.goods.length > 0;
    at("sell-hint").textContent = counter.is_open ? "The counter has nothing to sell: counter_stock in the show file says what." : "The counter is closed: the director opens it in the console. Orders can be paid and handed over all the same.";
    at("goods").replaceChildren(...(counter.is_open ? counter.goods.map(tile) : []));
    const unpaid = orders.filter((o) => o.state !== "paid"), paid = orders.filter((o) => o.state === "paid");
    at("orders-count").textContent = orders.length ? "(" + orders.length + (state.is_more ? "+" : "") + ")" : "";
    at("unpaid").replaceChildren(...filtered(unpaid).map(row));
    at("paid").replaceChildren(...filtered(paid).map(row));
    at("more").hidden = !state.is_more;
    at("since").textContent = state.since;
    at("no-takings").hidden = takings.length > 0;
    at("takings-rows").replaceChildren(...takings.map((t) => {
      const line = document.createElement("tr");
      for (const cell of [t.by, t.count, t.amount, t.refunds ? t.refunds + " · " + t.refunded : "–", t.net]) {
        line.insertCell().textContent = cell;
      }
      return line;
    }));
    if (good) { good = counter.goods.find((g) => g.drop === good.drop && g.sku === good.sku) || null; showSale(); }
    showFound();
    tick();
  }

  const filtered = (orders) => { const typed = at("number").value.trim(); return typed ? orders.filter((o) => o.pickup.startsWith(typed)) : orders; };

  function tile(g) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "good";
    const name = document.createElement("b"), line = document.createElement("span"), left = document.createElement("small");
    name.textContent = g.what;
    left.textContent = g.left ? g.left + " left" : "none left";
    line.append(g.price, left);
    button.append(name, line);
    button.disabled = isBusy || g.left < 1;
    button.addEventListener("click", () => { good = g; quantity = 1; say(""); showSale(); at("sale").showModal(); });
    return button;
  }

  function showSale() {
    if (!good || good.left < 1) { at("sale").close(); good = null; return; }
    quantity = Math.max(1, Math.min(quantity, good.left));
    at("sale-what").textContent = good.what;
    at("quantity").textContent = quantity;
    at("fewer").disabled = quantity <= 1;
    at("more-of-it").disabled = quantity >= good.left;
    const digits = good.minor_digits, options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    at("total").textContent = (good.price_minor * quantity / 10 ** digits).toLocaleString("en", options) + good.price.replace(/^[\d.,]+/, "");
  }

  at("fewer").addEventListener("click", () => { quantity -= 1; showSale(); });
  at("more-of-it").addEventListener("click", () => { quantity += 1; showSale(); });
  for (const button of document.querySelectorAll("#sale [data-by]")) {
    button.addEventListener("click", () => {
      const sold = { deed: "sell", drop: good.drop, sku: good.sku, quantity, by: button.dataset.by, expect_price_minor: good.price_minor };
      good = null;
      at("sale").close();
      press(sold);
    });
  }
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  at("sale").addEventListener("close", () => { good = null; });
  for (const button of document.querySelectorAll("#refund [data-returns]")) {
    button.addEventListener("click", () => {
      at("refund").close();
      press({ deed: "refund", order: refunding.id, returns: button.dataset.returns === "yes" });
    });
  }

  function row(order) {
    const card = at("row").content.cloneNode(true).firstElementChild;
    for (const name of ["pickup", "what", "words"]) card.querySelector("." + name).textContent = order[name];
    card.querySelector(".receipt").href = order.receipt;
    card.querySelector(".receipt").setAttribute("aria-label", "Receipt of " + order.pickup);
    if (order.left_s !== null) {
      card.querySelector(".time").hidden = false;
      card.querySelector(".time").dataset.left = order.left_s;
    }
    for (const deed of order.can) for (const one of keys(deed, order)) card.querySelector(".keys").append(one);
    return card;
  }

  function keys(deed, order) {
    if (deed !== "pay") return [key(LABELS[deed], order, deed === "hand", () => {
      if (deed !== "refund") { press({ deed, order: order.id }); return; }
      refunding = order;
      at("refund-what").textContent = "Refund " + order.amount + " for " + order.what + "?";
      at("refund").showModal();
    })];
    return ["cash", "card"].map((by) => key(by === "cash" ? "Cash" : "Card", order, true, () => press({ deed, order: order.id, by })));
  }

  function key(label, order, isFirst, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.className = isFirst ? "go" : "";
    button.disabled = isBusy;
    button.setAttribute("aria-label", label + ", number " + order.pickup);
    button.addEventListener("click", act);
    return button;
  }

  function showFound() {
    if (found) found = state.orders.find((o) => o.id === found.id) || found;
    at("found").replaceChildren(...(found ? [row(found)] : []));
  }

  at("number").addEventListener("input", () => { found = null; say(""); if (state) show(); });
  at("find").addEventListener("submit", async (event) => {
    event.preventDefault();
    const number = at("number").value.trim();
    if (!number) return;
    const answer = await ask("/counter/orders/" + encodeURIComponent(number));
    if (answer === null) { say("No connection to the shop. Try again."); return; }
    if (answer.status !== 200) { found = null; say(reason(answer)); showFound(); return; }
    found = answer.body.order;
    say("");
    showFound();
    at("found").firstElementChild.focus();
  });

  const isUndecided = (a) => a === null || a.status >= 500 || [408, 425, 429].includes(a.status);

  function press(body) { if (!isBusy) send({ key: newKey(), body }); }

  async function send(one) {
    if (isBusy) return;
    isBusy = true;
    pending.write(one);
    say("");
    if (state) show();
    const began = performance.now();
    let answer = await post("/counter/press", one.body, one.key);
    for (let n = 0; isUndecided(answer); n += 1) { // nothing else is pressed before the shop has said what became of it
      say(performance.now() - began < WEAK_MS ? "The connection is weak. Still trying: it is done once, whatever you see."
        : "No answer from the shop. Nobody knows yet whether it was done: this page asks until it knows.");
      await pause(PAUSES_MS[Math.min(n, PAUSES_MS.length - 1)]);
      answer = await post("/counter/press", one.body, one.key);
    }
    isBusy = false;
    if (answer.status === 401) { await look(); return; } // the PIN first; then it is sent again
    pending.forget();
    if (answer.status === 200) {
      const order = answer.body.order;
      say(order.pickup + " · " + order.what + " · " + order.amount + ". " + order.words + ".", true);
      if (found && found.id === order.id) found = order;
      if (one.body.deed === "sell") { found = order; }
    } else {
      say(reason(answer));
    }
    tag = "";
    await look();
    at("message").focus();
  }

  function tick() {
    const gone = (performance.now() - seenAt) / 1000;
    for (const time of document.querySelectorAll(".time[data-left]")) {
      const left = Math.max(0, Math.ceil(Number(time.dataset.left) - gone));
      time.textContent = left ? "Held for " + Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0") + " more" : "The time is over";
    }
  }

  for (const button of document.querySelectorAll("[data-tab]")) {
    button.addEventListener("click", () => {
      for (const other of document.querySelectorAll("[data-tab]")) {
        other.setAttribute("aria-pressed", String(other === button));
        at(other.dataset.tab).hidden = other !== button;
      }
      say("");
    });
  }

  setInterval(tick, 500);
  (async () => {
    await look();
    const begun = pending.read();
    if (begun && state) send(begun);
    for (;;) { await pause(LOOK_MS); if (!isBusy && !document.hidden && at("door").hidden) await look(); }
  })();
})();
