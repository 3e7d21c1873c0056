/* Decodes pictures in a worker of its own: the page stays quick, and compiled code runs only here. */
importScripts("{{ script|escapejs }}");

const module = ZXingWASM.prepareZXingModule({
  overrides: { locateFile: () => "{{ wasm|escapejs }}" },
  fireImmediately: true,
});
const options = { formats: ["QRCode", "DataMatrix", "Code128"], maxNumberOfSymbols: 8 };

self.onmessage = async ({ data: { id, picture } }) => {
  try {
    await module;
    const found = await ZXingWASM.readBarcodes(picture, options);
    self.postMessage({ id, texts: found.filter((one) => one.isValid).map((one) => one.text) });
  } catch (error) {
    self.postMessage({ id, texts: [], trouble: String(error) });
  }
};
