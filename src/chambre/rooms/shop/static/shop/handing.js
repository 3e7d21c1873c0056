/*
 * Handing orders over with and without a network: every act is put into the queue of this device first
 * and sent from there, so that in both cases the same thing happens, only later.
 */

const root = document.getElementById("handing");
const words = JSON.parse(document.getElementById("words").textContent);
const { Queue, newKey } = await import(root.dataset.queue);
const { watch } = await import(root.querySelector("[data-camera]").dataset.camera);
const part = (name) => root.querySelector(`[data-${name}]`);
const fill = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);
const lang = document.documentElement.lang;
const money = (cents) => new Intl.NumberFormat(lang, { style: "currency", currency: "EUR" }).format(cents / 100);
const state = { list: { orders: [], at: 0 }, acts: [], open: "" };

const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

const fetched = async () => {
  try {
    const answer = await fetch(root.dataset.list, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
    state.list = { ...(await answer.json()), at: Date.now() };
    await queue.remember(state.list);
  } catch {
    state.list = (await queue.remembered()) ?? state.list; // without a network the list of last time holds
  }
};

const send = async (acts) => {
  const post = () =>
    fetch(root.dataset.acts, {
      method: "POST", credentials: "same-origin", body: JSON.stringify({ acts }),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": state.list.csrf },
    });
  let answer = await post();
  if (answer.status === 403) {
    await fetched(); // signed in or out meanwhile: the token of forms is another one
    answer = await post();
  }
  if (!answer.ok || answer.redirected) throw Object.assign(new Error("refused"), { status: answer.status });
  return answer.json();
};

const hand = async (order, means, codes) => {
  state.open = "";
  await queue.put({ key: newKey(), order: order.id, name: order.name, means, amount: order.due, codes, at: Date.now(), state: "waiting" });
  await queue.flush();
};

const buttons = (order, codes) => {
  const row = make("p", "actions");
  const choices = order.due ? [...(state.list.cash ? ["cash"] : []), "card"] : [""];
  for (const means of choices) {
    const button = make("button", "button keep-big", words[means || "hand"]);
    button.type = "button";
    button.addEventListener("click", () => hand(order, means, codes?.value.split(/\s+/).filter(Boolean) ?? []));
    row.append(button);
  }
  return row;
};

const details = (order) => {
  const box = make("div", "keep-details");
  const list = make("ul", "");
  for (const line of order.lines) list.append(make("li", "", line));
  box.append(list);
  if (order.note) box.append(make("p", "message", order.note));
  if (!order.weighed) {
    box.append(make("p", "message message-warning", words.not_ready));
    return box;
  }
  let codes = null;
  if (order.coded) {
    const label = make("label", "field", fill(words.codes, { n: order.coded }));
    codes = make("textarea", "");
    codes.rows = 2;
    label.append(codes);
    box.append(label);
  }
  box.append(buttons(order, codes));
  return box;
};

const row = (order) => {
  const item = make("li", "keep-order");
  const head = make("button", "keep-order-head");
  head.type = "button";
  head.setAttribute("aria-expanded", String(state.open === order.id));
  head.append(make("strong", "", order.name), make("span", "muted", [order.slot, order.code].filter(Boolean).join(" · ")));
  head.append(make("span", order.due ? "badge badge-warning" : "badge badge-good", order.due ? fill(words.due, { amount: money(order.due) }) : words.paid));
  head.addEventListener("click", () => {
    state.open = state.open === order.id ? "" : order.id;
    draw();
  });
  item.append(head);
  if (state.open === order.id) item.append(details(order));
  return item;
};

const actRow = (act) => {
  const item = make("li", act.state === "done" ? "good" : act.state === "refused" ? "bad" : "waiting");
  const said = { done: words.done, refused: fill(words.refused, { why: act.error }), waiting: act.status === 403 || act.status === 401 ? words.sign_in : words.waits }[act.state];
  item.append(make("strong", "", act.name), make("span", "", said));
  return item;
};

const clean = (text) => text.trim().toLowerCase();
const draw = () => {
  const gone = new Set(state.acts.filter((act) => act.state !== "refused").map((act) => act.order));
  const text = clean(part("search").value);
  const short = text.replaceAll("-", "");
  const left = state.list.orders.filter((order) => !gone.has(order.id));
  const found = left.filter((order) => !text || clean(order.name).includes(text) || clean(order.code).replaceAll("-", "") === short || text.includes(order.id.toLowerCase()));
  if (text && found.length === 1 && (text.includes("/commande/") || clean(found[0].code).replaceAll("-", "") === short)) state.open = found[0].id;
  part("orders").replaceChildren(...found.map(row));
  part("nobody").hidden = Boolean(found.length);
  part("count").textContent = fill(words.left, { n: left.length });
  part("as-of").textContent = state.list.at ? fill(words.as_of, { time: new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" }).format(state.list.at) }) : "";
  const waiting = state.acts.filter((act) => act.state === "waiting").length;
  part("waiting").textContent = waiting ? fill(words.waiting, { n: waiting }) : state.acts.length ? words.sent : "";
  part("acts").replaceChildren(...state.acts.toReversed().slice(0, 40).map(actRow));
};

const changed = async () => {
  state.acts = await queue.all();
  draw();
};

const queue = await Queue.open(root.dataset.name, send, changed);
part("search").addEventListener("input", draw);
part("find").addEventListener("submit", (event) => event.preventDefault());
await watch(part("find"), (text) => {
  part("search").value = text;
  draw();
});
addEventListener("online", () => queue.flush());
document.addEventListener("visibilitychange", () => document.hidden || queue.flush());
setInterval(() => queue.flush(), 30_000);
navigator.serviceWorker?.register(root.dataset.worker, { scope: location.pathname });
root.hidden = false;
await fetched();
await changed();
await queue.flush();
if (state.list.done && !state.acts.some((act) => act.state === "waiting")) await queue.forget();
root.dataset.ready = "yes";
