/*
 * The scanning page: camera, scanner that types, or hand; at the counter and from anywhere.
 *
 * Every act is put into the queue of this device first and sent from there, so that with and without a
 * network the same thing happens, only later.
 */

const root = document.getElementById("scan");
const plain = document.getElementById("plain");
const words = JSON.parse(document.getElementById("words").textContent);
const { Queue, newKey } = await import(root.dataset.queue);
const { Camera } = await import(root.dataset.camera);
const part = (name) => document.querySelector(`[data-${name}]`);
const place = document.getElementById("place");
const means = document.getElementById("means");
const account = document.getElementById("account");
const condition = document.getElementById("condition");
const share = document.getElementById("part");
const shareMeans = document.getElementById("part_means");
const every = [...place.options].map((option) => option.cloneNode(true));
const state = { mode: "return", batch: false, list: [], me: { signed_in: false, places: [] }, csrf: "", thing: null, tap: null };
const fill = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);

// ---------------------------------------------------------------- what is asked of the house

const asked = async (address, options = {}) => {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });
  const told = await answer.json();
  if (!answer.ok && !told.error) throw new Error(`${answer.status}`);
  return { status: answer.status, ...told };
};

const who = async () => {
  try {
    state.me = await asked(root.dataset.me);
    state.csrf = state.me.csrf;
    localStorage.setItem("chambre-consigne-places", JSON.stringify(state.me.places));
  } catch {
    // Without a network the places of last time hold; the rights are asked again when scans are sent.
    state.me.places = JSON.parse(localStorage.getItem("chambre-consigne-places") ?? "[]");
  }
  arrange();
};

const send = async (acts) => {
  if (!state.csrf) await who();
  const body = JSON.stringify({ acts });
  const post = () =>
    fetch(`${root.dataset.acts}?langue=${document.documentElement.lang}`, { method: "POST", credentials: "same-origin", body, headers: { "Content-Type": "application/json", "X-CSRFToken": state.csrf } });
  let answer = await post();
  if (answer.status === 403) {
    await who(); // signed in or out meanwhile: the token of forms is another one
    answer = await post();
  }
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
};

// ---------------------------------------------------------------- what can be chosen

const atCounter = () => state.me.places.some((one) => one.slug === place.value);

const arrange = () => {
  const own = new Set(state.me.places.map((one) => one.slug));
  const chosen = place.value || localStorage.getItem("chambre-consigne-place") || "";
  const fits = (option) => !option.value || (own.size ? own.has(option.value) : option.dataset.returns && (!state.thing || option.dataset.scheme === state.thing.scheme));
  place.replaceChildren(...every.filter(fits).map((option) => option.cloneNode(true)));
  place.value = [...place.options].some((option) => option.value === chosen) ? chosen : "";
  if (!place.value && place.options.length === 2) place.selectedIndex = 1;
  part("who").textContent = state.me.signed_in ? fill(own.size ? words.who : words.elsewhere, { name: state.me.who }) : own.size ? words.offline_who : words.anybody;
  part("signin").hidden = state.me.signed_in;
  choose();
};

const choose = () => {
  const counter = atCounter();
  const here = state.me.places.find((one) => one.slug === place.value);
  if (!counter) Object.assign(state, { mode: "return", batch: false });
  if (counter !== state.counter) means.value = (counter && localStorage.getItem("chambre-consigne-means")) || means.options[0].value;
  state.counter = counter;
  part("modes").hidden = !counter || !here.issues;
  part("batch-choice").hidden = !counter;
  for (const button of document.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", button.dataset.mode === state.mode);
  part("batch").checked = state.batch;
  for (const ways of [means, shareMeans]) {
    for (const option of ways.options) option.hidden = option.disabled = !counter && option.dataset.away === undefined;
    if (ways.selectedOptions[0]?.disabled) ways.value = [...ways.options].find((option) => !option.disabled).value;
  }
  const toAccount = means.value === "sepa" || (part("split").open && shareMeans.value === "sepa");
  part("account").hidden = !toAccount || state.mode !== "return";
  part("split").hidden = state.mode !== "return";
  part("holder").hidden = state.mode !== "issue";
  condition.closest(".field").hidden = means.closest(".field").hidden = state.mode !== "return";
  if (place.value) localStorage.setItem("chambre-consigne-place", place.value);
  if (counter) localStorage.setItem("chambre-consigne-means", means.value);
  drawList();
};

// ---------------------------------------------------------------- one scan

const result = (kind, lines) => {
  const box = document.createElement("div");
  box.className = `message message-${kind} scan-result`;
  const inner = document.createElement("div");
  for (const [at, line] of lines.filter(Boolean).entries()) {
    const text = document.createElement(at ? "p" : "strong");
    text.textContent = line;
    inner.append(text);
  }
  box.append(inner);
  part("result").replaceChildren(box);
  return inner;
};

const tapOf = (text) => {
  try {
    const query = new URL(text).searchParams;
    return query.get("e") && query.get("c") ? { picc: query.get("e"), mac: query.get("c") } : null;
  } catch {
    return null;
  }
};

const scanned = async (text) => {
  const code = text.trim();
  if (!code) return;
  navigator.vibrate?.(40);
  const tap = tapOf(code);
  if (atCounter() && state.mode === "issue" && code.includes("/consigne/compte/")) {
    account.value = code; // whose account: stays for what follows in the list, or for the next one
    return result("info", [words.account]);
  }
  if (!atCounter()) return consider(code, tap);
  if (state.batch) {
    if (state.list.includes(code)) return result("warning", [words.twice, short(code)]);
    state.list.push(code);
    drawList();
    return result("info", [fill(words.listed, { n: state.list.length }), short(code)]);
  }
  return act([code], tap);
};

const act = async (codes, tap) => {
  if (!place.value) {
    place.focus();
    result("warning", [words.choose_place]);
    return false;
  }
  const some = state.mode === "return" && part("split").open ? share.value.trim() : "";
  if (some && (!/^\d{1,7}([.,]\d{1,2})?$/.test(some) || !/[1-9]/.test(some) || shareMeans.value === means.value)) {
    share.focus();
    result("warning", [words.part]);
    return false;
  }
  const made = {
    key: newKey(), kind: state.mode, codes, place: place.value, means: state.mode === "return" ? means.value : "cash",
    condition: state.mode === "return" ? condition.value : "good", counter: atCounter(), at: Date.now(), state: "waiting",
    account: state.mode === "issue" ? account.value.trim() : "", part: some, part_means: some && shareMeans.value,
    iban: document.getElementById("iban").value, name: document.getElementById("holder").value, ...(tap ?? {}),
  };
  account.value = ""; // of these objects, not of the next person's
  share.value = ""; // of this deposit only
  part("split").open = false;
  condition.value = "good"; // damaged is said of one object, not of all that follow
  await queue.put(made);
  if (navigator.onLine) result("info", [words.sending, short(codes[0])]);
  else result("warning", [words.kept, short(codes[0])]);
  await queue.flush();
  const left = (await queue.all()).find((one) => one.key === made.key);
  if (left?.state === "waiting") {
    const said = left.status === 401 ? [words.sign_in, left.error.title] : [left.error?.title ?? words.kept];
    result("warning", [...said, short(codes[0])]);
  }
};

const short = (code) => code.split("?")[0].split("/").pop().replace(/(.{4})(?=.)/g, "$1 ");

// ---------------------------------------------------------------- somebody who does not work here

const consider = async (code, tap) => {
  let thing;
  try {
    thing = await asked(`${root.dataset.look}?langue=${document.documentElement.lang}&code=${encodeURIComponent(code)}`);
  } catch {
    return result("warning", [words.no_network]);
  }
  if (thing.error) return result("warning", [thing.error.title]);
  Object.assign(state, { thing, tap });
  const lines = [thing.type, `${thing.scheme_name} – ${thing.state_words}`];
  arrange();
  if (!thing.held) return result("info", [...lines, words.nothing_held]);
  const inner = result("info", [...lines, fill(words.held, { amount: thing.held_words }), thing.at_a_distance || tap ? "" : words.counter_only]);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.declare });
  button.addEventListener("click", () => act([code], tap));
  inner.append(button);
};

// ---------------------------------------------------------------- many at once

const drawList = () => {
  const box = part("list");
  box.hidden = !state.batch || !state.list.length;
  part("list-title").textContent = fill(words.list, { n: state.list.length });
  part("list-send").textContent = fill(state.mode === "return" ? words.take_back : words.issue, { n: state.list.length });
  part("list-items").replaceChildren(
    ...state.list.map((code) => {
      const item = document.createElement("li");
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet button-small", textContent: words.remove });
      remove.setAttribute("aria-label", `${words.remove} ${short(code)}`);
      remove.addEventListener("click", () => {
        state.list = state.list.filter((one) => one !== code);
        drawList();
      });
      const text = Object.assign(document.createElement("span"), { className: "serial", textContent: short(code) });
      item.append(text, remove);
      return item;
    }),
  );
};

// ---------------------------------------------------------------- answers

const lineOf = ({ answer, error, state: how, codes, at, status }) => {
  const item = document.createElement("li");
  const title = how === "waiting" ? (status === 401 ? words.sign_in : words.waits) : answer?.title ?? error?.title;
  item.className = how === "waiting" ? "waiting" : answer?.good ? "good" : "bad";
  const head = Object.assign(document.createElement("strong"), { textContent: [title, answer?.amount].filter(Boolean).join(" – ") });
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(at);
  const what = codes.length > 1 ? fill(words.objects, { n: codes.length }) : short(codes[0]);
  const rest = Object.assign(document.createElement("span"), { className: "small muted", textContent: `${time} · ${what}` });
  item.append(head, rest);
  return item;
};

const told = (done) => {
  const { answer, error } = done;
  if (error) return result("warning", [error.title, short(done.codes[0])]);
  navigator.vibrate?.(answer.good ? 60 : [80, 60, 80]);
  const bad = (answer.lines ?? []).filter((line) => !["refunded", "issued"].includes(line.outcome));
  const parts = done.codes.length > 1 && answer.kind === "return" ? fill(words.some_paid, { paid: answer.paid, n: done.codes.length }) : "";
  result(answer.good ? "success" : "warning", [
    [answer.title, answer.amount].filter(Boolean).join(" – "), parts || answer.words, answer.shared,
    answer.slip_words && fill(words.slip, { code: answer.slip_words }),
    ...(done.codes.length > 1 ? bad.slice(0, 5).map((line) => `${short(line.code)} : ${line.words ?? line.reason}`) : []),
    done.codes.length > 1 ? "" : short(done.codes[0]),
  ]);
};

const changed = async (act) => {
  if (act.state !== "waiting") told(act);
  const acts = await queue.all();
  const waiting = acts.filter((one) => one.state === "waiting").length;
  part("past").hidden = !acts.length;
  part("waiting").hidden = !waiting;
  part("waiting").textContent = fill(words.waiting, { n: waiting });
  part("answers").replaceChildren(...acts.slice(0, 12).map(lineOf));
};

// ---------------------------------------------------------------- beginning

const queue = await Queue.open(send, (act) => changed(act));
const camera = new Camera(part("video"), root.dataset.decoder, scanned);

const showCamera = () => {
  part("view").hidden = part("camera-off").hidden = !camera.isOn;
  part("camera-on").hidden = camera.isOn;
  part("light").hidden = !camera.hasLight;
};
part("camera-on").addEventListener("click", async () => {
  try {
    await camera.start();
  } catch {
    result("warning", [words.no_camera]);
  }
  showCamera();
});
part("camera-off").addEventListener("click", () => {
  camera.stop();
  showCamera();
});
part("light").addEventListener("click", ({ currentTarget }) => {
  const on = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", on);
  camera.light(on);
});
for (const button of document.querySelectorAll("[data-mode]")) {
  button.addEventListener("click", () => {
    state.mode = button.dataset.mode;
    choose();
  });
}
part("batch").addEventListener("change", ({ target }) => {
  state.batch = target.checked;
  choose();
});
part("list-send").addEventListener("click", async () => {
  const codes = state.list;
  state.list = [];
  if ((await act(codes)) === false) state.list = codes; // nothing was asked for: the list stays
  drawList();
});
part("list-clear").addEventListener("click", () => {
  state.list = [];
  drawList();
});
for (const field of [place, means, shareMeans]) field.addEventListener("change", choose);
part("split").addEventListener("toggle", choose);

const typed = part("typed");
typed.addEventListener("submit", (event) => {
  event.preventDefault();
  const { value } = typed.elements.typed;
  typed.elements.typed.value = "";
  scanned(value);
});
// A scanner types faster than people, and ends with Enter: heard wherever the keyboard's focus is.
let heard = { text: "", at: 0 };
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const now = performance.now();
  if (now - heard.at > 80) heard.text = "";
  heard.at = now;
  if (event.key.length === 1) heard.text += event.key;
  else if (event.key === "Enter" && heard.text.length > 5) {
    event.preventDefault();
    scanned(heard.text);
    heard.text = "";
  }
});

addEventListener("online", () => queue.flush());
document.addEventListener("visibilitychange", () => document.hidden || queue.flush());
setInterval(() => queue.flush(), 30_000);
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  part("install").hidden = false;
  part("install").addEventListener("click", () => event.prompt(), { once: true });
});
navigator.serviceWorker?.register(root.dataset.worker, { scope: location.pathname });

for (const one of document.querySelectorAll("[data-plain]")) {
  one.hidden = true;
  for (const field of one.querySelectorAll("[required]")) field.required = false;
}
plain.addEventListener("submit", (event) => event.preventDefault());
root.hidden = false;
await who();
await changed({ state: "waiting" });
await queue.flush();
const code = document.getElementById("codes").value.trim();
if (code) {
  const [picc, mac] = [plain.elements.e.value, plain.elements.c.value];
  await (atCounter() ? scanned(code) : consider(code, picc && mac ? { picc, mac } : null));
}
root.dataset.ready = "yes";
