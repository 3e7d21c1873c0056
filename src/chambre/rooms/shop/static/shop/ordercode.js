/*
 * The code of an order in front of the camera, where the browser reads codes itself; elsewhere the
 * button stays hidden, and a scanner that types or the search does it. Pictures never leave the device.
 */

const PAUSE = 150; // milliseconds between two pictures

const detector = async () => {
  if (!("BarcodeDetector" in globalThis) || !navigator.mediaDevices) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
};

/** Shows the camera's button in `root`; `found(text)` gets the first code in sight, once for each opening. */
export const watch = async (root, found) => {
  const button = root.querySelector("[data-camera]");
  const view = root.querySelector("[data-view]");
  const video = root.querySelector("[data-video]");
  const reads = await detector();
  if (!button || !reads) return;
  let stream = null;
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    view.hidden = true;
  };
  const look = async () => {
    while (stream) {
      const [code] = video.readyState >= 2 ? await reads.detect(video) : [];
      if (code) {
        navigator.vibrate?.(40);
        stop();
        return found(code.rawValue);
      }
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch {
      return; // no camera, or it is not allowed: the search is beside the button
    }
    view.hidden = false;
    video.srcObject = stream;
    await video.play();
    look();
  });
};
