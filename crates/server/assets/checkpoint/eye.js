/** Reads the symbol in a frame, in a worker: see camera.js. It is given one frame at a time, and overwrites it. */

import { Mingma } from "/assets/mingma.js";

const loaded = Mingma.load("/assets/mingma.wasm");

self.onmessage = async ({ data: frame }) => {
  let text = null;
  try {
    text = await (await loaded).readQr(frame);
  } finally {
    frame.data.fill(0);
    self.postMessage(text);
  }
};
