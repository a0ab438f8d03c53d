// The host's and the moderator's page: shows what the console says, and presses exactly once over any connection.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const HOLD_MS = 500;
  const MEANT_MS = 10000; // a press is tried for so long: later nobody expects it any more
  const TRY_WITHIN_MS = 2500;
  const PAUSES_MS = [250, 500, 800, 1200];
  const NOTE_MS = 8000;
  const SILENT_MS = 5000; // the console says something every two seconds
  const HERE_MS = 3000;
  const FAR_S = 43200; // an end that is further away has no clock: nobody waits for it
  const KEPT = "cuedrop-host";
  const LOOKING = { mood: "calm", headline: "WAIT", says: "Looking for the console." };
  const LOST = { mood: "bad", headline: "NO CONNECTION", says: "What stands here may be old. It comes back by itself." };

  const memory = {
    read(name) { try { return localStorage.getItem(name); } catch { return null; } },
    write(name, text) { try { localStorage.setItem(name, text); } catch { /* private mode: as long as the page lives */ } },
    forget(name) { try { localStorage.removeItem(name); } catch { /* the same */ } },
  };
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  // A browser lets a page vibrate once it was touched, and complains about one that tries before.
  const vibrate = (pattern) => { if (navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(pattern); };

  let confirmedAt = -Infinity;
  function confirmed() { // the answer and the state say it both, in either order
    if (performance.now() - confirmedAt > 2000) vibrate([120, 60, 240]);
    confirmedAt = performance.now();
  }

  const page = random();
  let token = location.hash.slice(1) || memory.read(KEPT);
  if (location.hash) {
    memory.write(KEPT, token);
    history.replaceState(null, "", "/"); // the code is nobody's who looks at the address
  }

  let view = null;
  let note = null; // what came of a press, until the state says something else
  let endsAt = null; // on performance.now(): the phone's own clock may be off
  let ahead = null; // what to add to performance.now(), in seconds, for the console's clock
  let heardAt = null;
  let changes = 0; // of what is shown: an answer that comes after one says nothing new
  let isOver = false, isPressing = false, hold = null;

  const bearer = () => ({ Authorization: "Bearer " + token });

  // --- what is shown ---

  function show() {
    const said = note || (view && !isUp() ? LOST : view) || LOOKING;
    document.body.dataset.mood = said.mood;
    if (at("headline").textContent !== said.headline) at("headline").textContent = said.headline;
    if (at("says").textContent !== said.says) at("says").textContent = said.says;
    if (!view) return;
    document.title = (view.role === "host" ? "Host" : "Moderator") + " · " + view.show;
    at("show").textContent = view.show + " · " + view.role;
    at("title").textContent = view.title;
    at("title").classList.toggle("is-long", view.title.length > 24);
    at("price").textContent = view.price;
    at("facts").hidden = !view.drop;
    for (const name of ["left", "sold", "stock"]) at(name).textContent = view[name];
    at("message").textContent = view.message;
    at("message").hidden = !view.message;
    at("message").classList.toggle("is-long", view.message.length > 48);
    at("button").textContent = view.button;
    const isReady = view.can_press && !isPressing && isUp();
    at("press").setAttribute("aria-disabled", String(!isReady)); // disabled, it would swallow the end of a touch
    at("press").classList.toggle("is-ready", isReady);
    at("hold").textContent = isReady ? "hold half a second" : isPressing ? "pressed" : "not now";
    tick();
  }

  function words(seconds) {
    const left = Math.max(0, Math.ceil(seconds)), hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
    return (hours ? hours + ":" + String(minutes).padStart(2, "0") : minutes) + ":" + String(left % 60).padStart(2, "0");
  }

  function tick() {
    at("clock").hidden = endsAt === null;
    if (endsAt === null) return;
    const left = (endsAt.at - performance.now()) / 1000;
    at("clock").firstElementChild.textContent = words(left);
    at("clock").lastElementChild.textContent = endsAt.word;
    at("clock").classList.toggle("is-urgent", left <= 30);
  }

  function isUp() { return heardAt !== null && performance.now() - heardAt < SILENT_MS; }

  function showLine() {
    const is = isOver ? "over" : isUp() ? "up" : heardAt === null ? "connecting" : "down";
    if (at("line").dataset.is === is) return;
    at("line").dataset.is = is;
    at("line").lastElementChild.textContent = { over: "not paired", up: "connected", connecting: "connecting", down: "no connection" }[is];
    document.body.classList.toggle("is-stale", is === "down");
    if (is === "down" && note && note.mood !== "bad" && !isPressing) note = null; // it may be true no more
    if (hold && is !== "up") letGo();
    show();
  }

  function take(now) {
    const before = view;
    view = now;
    clocked(now.now_s);
    const left = typeof now.opens_in_s === "number" ? now.opens_in_s : now.closes_in_s;
    const word = typeof now.opens_in_s === "number" ? "to go" : "left";
    endsAt = typeof left === "number" && left < FAR_S ? { at: performance.now() + left * 1000, word } : null;
    const isOther = !before || before.drop !== now.drop || before.run !== now.run;
    if (isOther || before.state !== now.state) { note = null; changes += 1; }
    if (hold && (hold.drop !== now.drop || hold.run !== now.run || !now.can_press)) letGo();
    if (before && before.mood !== "good" && now.mood === "good") confirmed();
    if (before && now.message && before.message !== now.message) vibrate([60, 60, 60]);
    show();
  }

  // The console's clock, as the quickest message told it: one that was late on its way says too little.
  function clocked(now_s) {
    const found = now_s - performance.now() / 1000;
    if (ahead === null || found > ahead) ahead = found;
  }

  function end(headline, says) {
    isOver = true;
    token = null;
    memory.forget(KEPT);
    view = null;
    note = { mood: "bad", headline, says };
    document.body.classList.add("is-over");
    showLine();
    show();
  }

  // --- what is pressed ---

  async function once(wish) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TRY_WITHIN_MS);
    try {
      const response = await fetch("/v1/actions/" + wish.action, {
        method: "POST", signal: stop.signal, cache: "no-store",
        headers: { ...bearer(), "Content-Type": "application/json", "Idempotency-Key": '"' + wish.key + '"' },
        body: JSON.stringify({ drop: wish.drop, run: wish.run, ...(wish.pressed_s === null ? {} : { pressed_s: wish.pressed_s }) }),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      return null; // no answer, or half of one: nobody knows, so the same press is sent again
    } finally {
      clearTimeout(timer);
    }
  }

  const isUndecided = (a) => a === null || a.status >= 500 || a.status === 429;

  async function press(wish) {
    isPressing = true;
    note = { mood: "wait", headline: "SENDING", says: "Wait for the answer." };
    vibrate(40);
    show();
    const began = performance.now(), before = changes;
    let answer = await once(wish);
    for (let n = 0; isUndecided(answer) && performance.now() - began < MEANT_MS; n += 1) {
      note = { mood: "wait", headline: "SENDING", says: "The connection is weak. It is still tried: it counts once." };
      show();
      await pause(PAUSES_MS[Math.min(n, PAUSES_MS.length - 1)]);
      answer = await once(wish);
    }
    isPressing = false;
    if (isUndecided(answer)) {
      note = { mood: "bad", headline: "NO CONNECTION", says: "Nobody answered. What came of it stands here when the connection is back." };
    } else if (answer.status === 401) {
      return end("NOT PAIRED", answer.body.fix || "");
    } else if (answer.body.outcome) {
      note = answer.body;
    } else {
      note = { mood: "bad", headline: "NOT DONE", says: answer.body.detail || "The console said no." };
    }
    if (note.mood === "bad") vibrate([300]);
    if (note.mood === "good") confirmed();
    note.until = performance.now() + NOTE_MS;
    if (note.mood === "good" && changes !== before) note = null;
    show();
  }

  function begin() {
    if (hold || isPressing || !view || !view.can_press || !isUp()) return;
    hold = { drop: view.drop, run: view.run, action: view.action };
    hold.timer = setTimeout(() => {
      const { drop, run, action } = hold;
      letGo();
      press({ key: random(), drop, run, action, pressed_s: ahead === null ? null : performance.now() / 1000 + ahead });
    }, HOLD_MS);
    at("press").classList.add("is-held");
    stayAwake();
  }

  function letGo() {
    if (!hold) return;
    clearTimeout(hold.timer);
    hold = null;
    at("press").classList.remove("is-held");
    show();
  }

  const isKey = (event) => event.key === " " || event.key === "Enter";
  at("press").addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.target.releasePointerCapture(event.pointerId); // a finger that slides off lets go
    begin();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave", "blur"]) at("press").addEventListener(name, letGo);
  at("press").addEventListener("keydown", (event) => { if (isKey(event)) { event.preventDefault(); if (!event.repeat) begin(); } });
  at("press").addEventListener("keyup", (event) => { if (isKey(event)) letGo(); });
  document.addEventListener("contextmenu", (event) => event.preventDefault());

  // --- the line ---

  async function follow() {
    const stop = new AbortController(), began = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - Math.max(began, heardAt ?? 0) > SILENT_MS) stop.abort(); // half-open: nobody says so
    }, 1000);
    try {
      const response = await fetch("/v1/stream", { headers: bearer(), cache: "no-store", signal: stop.signal });
      if (response.status === 401) return end("NOT PAIRED", "Scan the code in the director's window.");
      if (!response.ok) return;
      const reader = response.body.getReader(), decoder = new TextDecoder();
      let text = "";
      here();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += decoder.decode(value, { stream: true });
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) hear(event);
      }
    } catch {
      /* the line broke: it is tried again */
    } finally {
      clearInterval(watch);
    }
  }

  function hear(event) {
    const name = event.slice(7, event.indexOf("\n")), data = JSON.parse(event.slice(event.indexOf("data: ") + 6));
    heardAt = performance.now();
    if (name === "state") take(data);
    else if (name === "still") clocked(data.now_s);
    else if (name === "over") end("TAKEN BACK", "The director has taken this page back. Scan a new code to come in again.");
    showLine();
  }

  async function listen() {
    for (let n = 0; !isOver; n = isUp() ? 0 : n + 1) {
      await follow();
      if (!isOver) await pause(Math.min(300 * 2 ** Math.min(n, 3), 2000) * (0.75 + Math.random() / 2));
    }
  }

  function here() {
    if (!isOver && token) fetch("/v1/here", { method: "POST", headers: bearer(), body: page, cache: "no-store" }).catch(() => {});
  }

  // The screen stays on where the browser lets a page ask for it (on plain http most do not).
  let lock = null;
  async function stayAwake() {
    if (lock || document.visibilityState !== "visible") return;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { lock = null; });
      at("awake").hidden = true;
    } catch {
      at("awake").hidden = Boolean(lock);
    }
  }
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { stayAwake(); here(); } else letGo(); });

  setInterval(() => {
    if (note && note.until && performance.now() > note.until && view) { note = null; show(); }
    tick();
    showLine();
  }, 250);
  setInterval(() => { if (isUp()) here(); }, HERE_MS);

  window.addEventListener("hashchange", () => location.reload()); // another code, scanned into the same page

  if (token) { listen(); stayAwake(); } else end("NOT PAIRED", "Scan the code in the director's window.");
})();
