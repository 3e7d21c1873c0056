/*
 * Codes from the camera: by the browser's own detector where there is one, else by a decoder in a
 * worker that is fetched only then. Pictures never leave the device.
 */

const WIDEST = 1024; // pixels of a picture that is decoded
const PAUSE = 120; // milliseconds between two pictures
const AGAIN = 3000; // the same code counts again after so long out of sight

const native = async () => {
  if (!("BarcodeDetector" in globalThis)) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: formats.filter((one) => ["qr_code", "data_matrix", "code_128"].includes(one)) });
  return async (video) => (await detector.detect(video)).map((one) => one.rawValue);
};

const compiled = (address) => {
  const worker = new Worker(address);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const asked = new Map();
  let number = 0;
  worker.onmessage = ({ data }) => {
    asked.get(data.id)?.(data);
    asked.delete(data.id);
  };
  return (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    return new Promise((done) => {
      const id = ++number;
      asked.set(id, ({ texts, trouble }) => {
        if (trouble) console.warn(trouble);
        done(texts);
      });
      worker.postMessage({ id, picture });
    });
  };
};

export class Camera {
  /** `decoder` is the address of the worker; `found(text)` is called once for each code in sight. */
  constructor(video, decoder, found) {
    Object.assign(this, { video, decoder, found, stream: null, seen: new Map() });
  }

  get isOn() {
    return this.stream !== null;
  }

  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.video.srcObject = this.stream;
    await this.video.play();
    this.read ??= (await native()) ?? compiled(this.decoder);
    this.loop();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Whether the camera has a lamp; `light(on)` switches it. */
  get hasLight() {
    return Boolean(this.stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  light(on) {
    return this.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on }] });
  }

  async loop() {
    while (this.isOn) {
      if (this.video.readyState >= 2 && this.video.videoWidth && !document.hidden) {
        const now = Date.now();
        for (const text of await this.read(this.video)) {
          const last = this.seen.get(text) ?? 0;
          this.seen.set(text, now);
          if (now - last > AGAIN) this.found(text);
        }
      }
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
}
