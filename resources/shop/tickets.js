// The buyer's own orders: one ticket each, that follows its order. Shows and asks; what is so, the shop says.
"use strict";
const tickets = (() => {
  const at = (id) => document.getElementById(id);
  const OVER = ["void", "expired", "refunded"];
  const STANDING = ["waiting", "held", "confirmed", "paid"];
  const isRace = (o) => o.state === "waiting" && o.hold === "first_paid";
  const pieces = (n) => n + (n === 1 ? " piece" : " pieces");
  const wasToPay = (o) => o.state === "expired" && (o.expires_at !== null || o.hold === "first_paid");
  const IF_PAID = " Should you have paid all the same, show this number to the shop.";

  // What each state says, and what to do now.
  const WORDS = {
    held: (o) => ({
      title: "Reserved for you",
      how: o.pay_url ? "Pay in time and it is yours. This page says so as soon as the shop hears of it." : o.pay_words,
      leave: ["Give my reservation back", "Somebody else can have it then.", "Yes, give it back"],
    }),
    waiting: (o) => isRace(o) ? {
      title: "Not yours yet",
      how: "Nothing is reserved: who pays first has it. " + (o.pay_url ? "Pay now; this page says so as soon as the shop hears of it." : o.pay_words ?? ""),
      leave: ["I do not want it any more", "You have not paid for it.", "Yes, take it back"],
    } : {
      title: "You are on the waiting list",
      how: "Stay on this page: it tells you the moment a piece is yours to pay for. Nothing is to pay until then.",
      leave: ["Leave the list", "Your place is gone then.", "Yes, leave it"],
    },
    confirmed: (o) => ({ title: "It is yours.", how: o.pay_url ? "Pay now, or when you collect: show this number." : o.pay_words }),
    paid: () => ({ title: "Paid: it is yours.", how: "Show this number when you collect. It stays on this page." }),
    void: () => ({ title: "Taken back", how: "This order is over: there is nothing to pay." }),
    refunded: () => ({ title: "Money given back", how: "This order is over." }),
    expired: (o) => o.expires_at ? {
      title: "Your reservation ran out",
      how: "It was not paid in time, so the piece went back. There is nothing to pay; if one is left, buy again below." + IF_PAID,
    } : o.hold === "first_paid" ? {
      title: "Others paid first",
      how: "Every piece is gone. Do not pay now." + IF_PAID,
    } : { title: "No piece came back", how: "The wait is over, and there is nothing to pay. Stay with the show for what comes next." },
  };
  const words = (o) => (WORDS[o.state] ?? (() => ({ title: "Your order", how: "" })))(o);

  let orders = new Map(); // by id, in the order in which they were made
  let run = null;

  function clock(ms) {
    const left = Math.max(0, Math.ceil(ms / 1000));
    const minutes = Math.floor(left / 60) % 60, hours = Math.floor(left / 3600);
    return (hours ? hours + ":" + String(minutes).padStart(2, "0") : minutes) + ":" + String(left % 60).padStart(2, "0");
  }

  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; element.hidden = !text; };

  // What is over is shown until the buyer has ordered anew.
  function isShown(order, newest) { return !OVER.includes(order.state) || (order.run === run && order === newest); }

  function fill(ticket, o) {
    const said = words(o), find = (name) => ticket.querySelector(name);
    const isOnList = o.state === "waiting" && !isRace(o), isOver = OVER.includes(o.state);
    ticket.dataset.state = isOver ? "over" : o.state;
    put(find("h2"), said.title);
    put(find(".what"), o.quantity + " × " + o.title + (o.kind ? ", " + o.kind : "") + " · " + o.amount);
    find(".until").hidden = o.state !== "held";
    find(".until-time").textContent = o.expires_at ? new Date(o.expires_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : "";
    find(".rank").hidden = !isOnList || typeof o.ahead !== "number";
    find(".rank b").textContent = "Place " + (o.ahead + 1);
    find(".rank span").textContent = o.ahead === 0 ? "You are next." : o.ahead === 1 ? "One came before you." : o.ahead + " came before you.";
    find(".number").hidden = find(".number-word").hidden = isOnList || (isOver && !wasToPay(o));
    find(".number").textContent = o.pickup;
    find(".receipt").href = o.receipt;
    find(".receipt").hidden = o.state !== "paid";
    put(find(".how"), said.how);
    const link = find("a");
    link.hidden = !o.pay_url;
    if (o.pay_url && link.getAttribute("href") !== o.pay_url) {
      link.href = o.pay_url;
      link.textContent = "Pay now · " + o.amount;
      link.setAttribute("aria-label", "Pay now, " + o.amount + ", opens in a new tab");
    }
    find("details").hidden = !said.leave;
    if (said.leave) [find("summary"), find("details p"), find("details button")].forEach((e, n) => put(e, said.leave[n]));
    else find("details").open = false;
  }

  function made(o) {
    const ticket = at("ticket").content.cloneNode(true).firstElementChild;
    ticket.dataset.id = o.id;
    put(ticket.querySelector(".note"), "");
    ticket.querySelector("details button").addEventListener("click", () => giveBack(ticket, o.id));
    return ticket;
  }

  function show() {
    const newest = [...orders.values()].pop();
    for (const o of orders.values()) {
      let ticket = at("tickets").querySelector('[data-id="' + o.id + '"]');
      if (!isShown(o, newest)) { ticket?.remove(); continue; }
      if (!ticket) at("tickets").prepend((ticket = made(o)));
      fill(ticket, o);
    }
    tick();
  }

  const tell = (text) => { at("said").textContent = text; };

  function becomes(before, o) {
    if (before === undefined || before.state === o.state) return;
    if (o.state === "held") {
      put(at("turn"), "It is your turn: " + pieces(o.quantity) + " reserved for you. Pay before the time is over.");
      at("turn").dataset.id = o.id;
      navigator.vibrate?.([300, 150, 300, 150, 300]);
      at("tickets").querySelector('[data-id="' + o.id + '"]').scrollIntoView({ block: "center" });
    } else {
      tell(words(o).title + ". " + words(o).how);
      if (o.state === "paid") navigator.vibrate?.(200);
    }
  }

  // `from`: the moment, on performance.now(), for which the shop's seconds were true.
  function keep(many, from = performance.now()) {
    const before = orders;
    orders = new Map(before);
    for (const o of many) orders.set(o.id, { ...before.get(o.id), ...o, endsAt: from + (o.expires_in_s ?? 0) * 1000 });
    show();
    for (const o of many) becomes(before.get(o.id), orders.get(o.id));
    const turn = orders.get(at("turn").dataset.id);
    if (turn && turn.state !== "held") put(at("turn"), "");
  }

  function places(ahead) {
    for (const [id, before] of Object.entries(ahead)) {
      const o = orders.get(id);
      if (o && o.ahead !== before) { orders.set(id, { ...o, ahead: before }); if (before === 0) tell("You are next on the waiting list."); }
    }
    show();
  }

  function tick() {
    for (const o of orders.values()) {
      if (o.state !== "held") continue;
      const left = o.endsAt - performance.now();
      const ticket = at("tickets").querySelector('[data-id="' + o.id + '"]');
      ticket.querySelector(".until-clock").textContent = clock(left);
      ticket.querySelector(".until").classList.toggle("is-urgent", left <= 60000);
      if (left <= 60000 && !o.isWarned) { o.isWarned = true; tell("Less than a minute left to pay."); }
    }
  }

  async function giveBack(ticket, id) {
    const note = ticket.querySelector(".note"), button = ticket.querySelector("details button");
    button.disabled = true;
    put(note, "");
    try {
      const response = await fetch("/v1/mine/" + encodeURIComponent(id), { method: "DELETE", cache: "no-store" });
      const answer = await response.json();
      if (response.ok) { keep([answer]); ticket.focus({ preventScroll: true }); }
      else put(note, answer.detail || "The shop did not take it back.");
    } catch {
      put(note, "No connection. Try again.");
    }
    button.disabled = false;
  }

  return {
    clock, keep, places, tick,
    forRun(number) { run = number; show(); },
    // Pieces of this run that count for the limit, as far as this page knows; the shop has the last word.
    count: () => [...orders.values()].filter((o) => o.run === run && STANDING.includes(o.state)).reduce((sum, o) => sum + o.quantity, 0),
    areMine: () => [...orders.values()].every((o) => o.run !== run || !["waiting", "held"].includes(o.state)),
    any: () => orders.size > 0,
    isTurn: () => !at("turn").hidden,
    focus(id) {
      const ticket = at("tickets").querySelector('[data-id="' + id + '"]');
      ticket?.focus({ preventScroll: true });
      ticket?.scrollIntoView({ block: "center" });
    },
  };
})();
