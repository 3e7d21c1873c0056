/*
 * Scans that wait. Each is kept on this device with a key of its own before it is sent, and leaves the
 * queue only when its answer is here: asked again with the same key, the house gives the same answer.
 */

const NAME = "chambre-consigne";
const STORE = "acts";
const REMEMBERED = 30; // answers that are kept to be looked at

const promised = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

const open = async () => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(STORE, { keyPath: "key" });
    store.createIndex("state", ["state", "at"]);
  };
  return promised(request);
};

export const newKey = () => `scan-${crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("")}`;

export class Queue {
  /** Opens the queue of this device; `send(acts)` gives `{answers}` or throws. */
  static async open(send, changed) {
    const queue = new Queue();
    Object.assign(queue, { base: await open(), send, changed, busy: false, again: false, pause: 0 });
    return queue;
  }

  store(mode) {
    return this.base.transaction(STORE, mode).objectStore(STORE);
  }

  async put(act) {
    await promised(this.store("readwrite").put(act));
    await this.changed(act);
  }

  async all() {
    const acts = await promised(this.store("readonly").getAll());
    return acts.sort((one, other) => other.at - one.at);
  }

  async waiting() {
    const acts = await this.all();
    return acts.filter((act) => act.state === "waiting").reverse();
  }

  /** Sends what waits, oldest first, in one tab at a time; without an answer, again after a while. */
  async flush() {
    if (!navigator.onLine) return;
    if (this.busy) {
      this.again = true; // what was put in meanwhile is sent when this sending ends
      return;
    }
    this.busy = true;
    let done = true;
    try {
      const work = async () => void (done = await this.sendAll());
      if (navigator.locks) await navigator.locks.request(NAME, { ifAvailable: true }, (lock) => lock && work());
      else await work();
    } finally {
      this.busy = false;
    }
    if (!done) this.later();
    else if (this.again) {
      this.again = false;
      await this.flush();
    }
  }

  later() {
    this.again = false;
    this.pause = Math.min(60_000, this.pause * 2 || 2_000);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.pause);
  }

  async sendAll() {
    for (;;) {
      const acts = (await this.waiting()).slice(0, 20);
      if (!acts.length) return true;
      let told;
      try {
        told = await this.send(acts.map((act) => ({ ...act, waited: Math.max(0, (Date.now() - act.at) / 1000) })));
      } catch {
        return false; // no network, or no answer: the same keys are sent again later
      }
      const going = await this.heard(acts, told.answers);
      await this.forget();
      if (!going) return false;
      this.pause = 0;
    }
  }

  /** Notes the answers; false when what is left has to wait. */
  async heard(acts, answers) {
    let going = true;
    for (const [place, act] of acts.entries()) {
      const told = answers[place];
      if (told.status === 200) await this.put({ ...act, state: "answered", answer: told.answer, error: null });
      else if ([401, 429, 503].includes(told.status)) {
        going = false;
        await this.put({ ...act, error: told.error, status: told.status });
      } else await this.put({ ...act, state: "refused", error: told.error, status: told.status });
    }
    return going;
  }

  async forget() {
    const old = (await this.all()).filter((act) => act.state !== "waiting").slice(REMEMBERED);
    for (const act of old) await promised(this.store("readwrite").delete(act.key));
  }
}
