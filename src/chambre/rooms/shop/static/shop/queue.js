/*
 * Hand-overs that wait, and the list of who still comes. Each act is kept on this device with a key of
 * its own before it is sent, and leaves the queue only when its answer is here.
 */

const promised = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

export const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

export class Queue {
  /** Opens the queue called `name`; `send(acts)` gives `{answers}` or throws. */
  static async open(name, send, changed) {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("acts", { keyPath: "key" });
      request.result.createObjectStore("list");
    };
    const queue = new Queue();
    return Object.assign(queue, { name, base: await promised(request), send, changed, busy: false, pause: 0 });
  }

  store(store, mode = "readwrite") {
    return this.base.transaction(store, mode).objectStore(store);
  }

  async remember(list) {
    await promised(this.store("list").put(list, "now"));
  }

  async remembered() {
    return promised(this.store("list", "readonly").get("now"));
  }

  async put(act) {
    await promised(this.store("acts").put(act));
    await this.changed();
  }

  async drop(key) {
    await promised(this.store("acts").delete(key));
    await this.changed();
  }

  async all() {
    const acts = await promised(this.store("acts", "readonly").getAll());
    return acts.sort((one, other) => one.at - other.at);
  }

  /** Forgets everything: when the distribution is done, nobody's name stays on the device. */
  async forget() {
    await promised(this.store("acts").clear());
    await promised(this.store("list").clear());
  }

  /** Sends what waits, oldest first, in one tab at a time; without an answer, again after a while. */
  async flush() {
    if (!navigator.onLine || this.busy) return;
    this.busy = true;
    let done = true;
    const work = async () => void (done = await this.sendAll());
    try {
      if (navigator.locks) await navigator.locks.request(this.name, { ifAvailable: true }, (lock) => lock && work());
      else await work();
    } finally {
      this.busy = false;
    }
    if (done) return;
    this.pause = Math.min(60_000, this.pause * 2 || 2_000);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.pause);
  }

  async sendAll() {
    for (;;) {
      const acts = (await this.all()).filter((act) => act.state === "waiting").slice(0, 20);
      if (!acts.length) return true;
      let told;
      try {
        told = await this.send(acts.map(({ key, order, means, amount, codes }) => ({ key, order, means, amount, codes })));
      } catch (error) {
        if (error.status) for (const act of acts) await this.put({ ...act, status: error.status });
        return false; // no network, or signed out: the same keys are sent again later
      }
      for (const [place, act] of acts.entries()) {
        const { status, error } = told.answers[place];
        await this.put({ ...act, state: status === 200 ? "done" : "refused", status, error: error?.title ?? "" });
      }
      this.pause = 0;
    }
  }
}
