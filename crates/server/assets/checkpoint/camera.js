/**
 * The camera: one frame at a time goes to the reader, and the next one only when it has answered. No frame is kept: its
 * pixels are overwritten once they are read, and the reader ends with the camera.
 */

/** The longest side of what is read: a symbol of version 12 then has five pixels a module. */
const MAX_SIDE = 640;
/** How long the reader rests between two frames. */
const REST_MS = 60;

/** What is wrong, by the names of the page's texts. */
const TROUBLES = {
  NotAllowedError: "Denied",
  SecurityError: "Denied",
  NotFoundError: "None",
  OverconstrainedError: "None",
  NotReadableError: "Busy",
  AbortError: "Busy",
};

class Trouble extends Error {
  constructor(name) {
    super();
    this.name = name;
  }
}

export class Camera {
  /** While a result is shown nothing is read. */
  paused = false;

  #video;
  #found;
  #stream = null;
  #canvas = document.createElement("canvas");
  #wake = null;
  /** Rises with every start and stop, so that a start that was overtaken while the browser asked lets go of its camera. */
  #turn = 0;

  /** @param {(text: string) => void} found is told the text of every symbol */
  constructor(video, found) {
    this.#video = video;
    this.#found = found;
  }

  get running() {
    return this.#stream !== null;
  }

  get which() {
    return this.#track?.getSettings().deviceId;
  }

  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  /**
   * @param {string} [which] a camera of {@link list}; else the one that looks away from the reader
   * @throws {Error} whose name is `Insecure`, `Denied`, `None` or `Busy`
   */
  async start(which) {
    this.stop();
    if (!navigator.mediaDevices?.getUserMedia) throw new Trouble(isSecureContext ? "None" : "Insecure");
    const turn = this.#turn;
    const choice = which ? { deviceId: { exact: which } } : { facingMode: "environment" };
    const video = { ...choice, width: { ideal: 1280 }, height: { ideal: 720 } };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      throw new Trouble(TROUBLES[error.name] ?? "Broken");
    }
    // While the browser asked, the page may have been left, or the camera started anew.
    if (document.hidden || turn !== this.#turn) return stream.getTracks().forEach((track) => track.stop());
    this.#stream = stream;
    this.#video.srcObject = stream;
    await this.#video.play().catch(() => {});
    this.#look(stream, new Eye());
    const wake = await navigator.wakeLock?.request("screen").catch(() => null);
    if (this.#stream === stream) this.#wake = wake;
    else wake?.release();
  }

  stop() {
    this.#turn += 1;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
    this.#wake?.release();
    this.#wake = null;
  }

  /** The cameras of this device. @returns {Promise<MediaDeviceInfo[]>} */
  async list() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  }

  /** Switches the torch. @returns {Promise<boolean>} whether it is lit */
  async light(on) {
    try {
      await this.#track.applyConstraints({ advanced: [{ torch: on }] });
      return on;
    } catch {
      return false;
    }
  }

  async #look(stream, eye) {
    try {
      while (this.#stream === stream) {
        if (!this.paused && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
          const text = await eye.read(this.#frame());
          if (text && !this.paused && this.#stream === stream) this.#found(text);
        }
        await new Promise((rested) => setTimeout(rested, REST_MS));
      }
    } finally {
      eye.close();
    }
  }

  /** The square in the middle of the picture. */
  #frame() {
    const { videoWidth, videoHeight } = this.#video;
    const side = Math.min(videoWidth, videoHeight);
    const size = Math.min(side, MAX_SIDE);
    this.#canvas.width = this.#canvas.height = size;
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.#video, (videoWidth - side) / 2, (videoHeight - side) / 2, side, side, 0, 0, size, size);
    const frame = context.getImageData(0, 0, size, size);
    context.clearRect(0, 0, size, size);
    return frame;
  }
}

/** The reader, beside the page so that the page stays quick. */
class Eye {
  #worker = new Worker("/checkpoint/eye.js", { type: "module" });

  /** Takes the frame's pixels away and gives the text in them. @returns {Promise<string | null>} */
  read({ data, width, height }) {
    return new Promise((done, failed) => {
      this.#worker.onmessage = ({ data: text }) => done(text);
      this.#worker.onerror = failed;
      this.#worker.postMessage({ data, width, height }, [data.buffer]);
    });
  }

  close() {
    this.#worker.terminate();
  }
}
