/**
 * The page's side of mingma-browser: verify, prove possession, draw and read QR. See crates/browser/src/abi.rs.
 *
 * An ES module without dependencies. The module that it loads imports nothing: it reaches no network, clock, store
 * or chance, and keeps no code. Works in a window, a worker and a service worker. A Content-Security-Policy needs
 * `script-src 'self' 'wasm-unsafe-eval'`, and `connect-src 'self'` to fetch the module; nothing here is inline or
 * evaluated from text.
 *
 * `now` is always an argument: seconds since the epoch, `Date.now() / 1000`.
 */

/** A call that has no answer: `code` is a word for the page to say in its reader's language. */
export class Refusal extends Error {
  /**
   * @param {string} code `misused`, `no-trust`, `unreadable`, `bad-signature`, `ahead`, `stale`, `older`,
   *   `other-signer`, `full`, `not-bound`, `other-device` or `too-long`
   * @param {string} message a sentence in English, which says nothing of a person
   */
  constructor(code, message) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** What is loaded: makes verifiers, and does for a phone and a camera what they need. */
export class Mingma {
  #module;
  #desk;
  #camera = null;

  /** Use {@link Mingma.load}. */
  constructor(module, desk) {
    this.#module = module;
    this.#desk = desk;
  }

  /**
   * Fetches and starts the module.
   * @param {string | URL | BufferSource} source its address, or its bytes
   * @returns {Promise<Mingma>}
   */
  static async load(source) {
    const bytes = typeof source === "string" || source instanceof URL ? await fetched(source) : source;
    const module = await WebAssembly.compile(bytes);
    return new Mingma(module, await Desk.start(module));
  }

  /** A verifier that believes nobody yet. @returns {Verifier} */
  verifier() {
    return new Verifier(this.#desk);
  }

  /**
   * The bytes that the phone's key signs, so that the code counts from `now`. Renewed every 30 s, it counts for 90.
   * @param {string} code as the server issued it, or as it was shown before
   * @param {number} now
   * @returns {Uint8Array}
   */
  proofToSign(code, now) {
    return this.#desk.call("mingma_proof_to_sign", [text(code)], (code) => [code, now]);
  }

  /**
   * The text to show: the code with the signature made over `proofToSign(code, now)`.
   * @param {string} code
   * @param {number} now the same number
   * @param {BufferSource} signature 64 bytes, as WebCrypto gives them
   * @returns {string}
   * @throws {Refusal} `other-device` if the key is not the one that the code names
   */
  withProof(code, now, signature) {
    const inputs = [text(code), octets(signature)];
    return string(this.#desk.call("mingma_with_proof", inputs, (code, signature) => [code, now, signature]));
  }

  /**
   * Both steps: the text to show, proven by this key.
   * @param {string} code
   * @param {CryptoKey} privateKey of {@link newDeviceKey}
   * @param {number} now
   * @returns {Promise<string>}
   */
  async prove(code, privateKey, now) {
    const signature = await crypto.subtle.sign(ES256, privateKey, this.proofToSign(code, now));
    return this.withProof(code, now, signature);
  }

  /**
   * The symbol without its quiet zone, which is four modules wide on each side.
   * @param {string} code
   * @param {"screen" | "paper"} [use] a screen's symbol is smaller, a paper's bears folds and stains
   * @returns {{width: number, modules: Uint8Array}} a byte for each module, row by row, 1 if it is dark
   */
  qr(code, use = "screen") {
    const answer = this.#desk.call("mingma_qr", [text(code)], (code) => [code, redundancy(use)]);
    return { width: answer[0], modules: answer.subarray(1) };
  }

  /**
   * The symbol with its quiet zone as the text of an SVG picture, black on white in any colour scheme.
   * @param {string} code
   * @param {string} label what a screen reader says
   * @param {"screen" | "paper"} [use]
   * @returns {string}
   */
  qrSvg(code, label, use = "screen") {
    const inputs = [text(code), text(label)];
    return string(this.#desk.call("mingma_qr_svg", inputs, (code, label) => [code, redundancy(use), label]));
  }

  /**
   * The text of a symbol in a frame, whatever it says; none if none is found.
   *
   * It runs in an instance of its own, which is made anew should a picture ever stop it: no frame can touch the keys.
   * @param {ImageData | {data: Uint8Array | Uint8ClampedArray, width: number, height: number}} frame four bytes a
   *   pixel as a canvas gives them, or one
   * @returns {Promise<string | null>}
   */
  async readQr({ data, width, height }) {
    this.#camera ??= await Desk.start(this.#module);
    try {
      return string(this.#camera.call("mingma_read_qr", [data], (pixels) => [pixels, width, height])) || null;
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      this.#camera = null;
      return null;
    }
  }
}

/** Judges codes by the keys it is given. It keeps no code and tells nobody. */
export class Verifier {
  #desk;
  #number;

  /** Use {@link Mingma#verifier} or {@link Verifier.load}. */
  constructor(desk) {
    this.#desk = desk;
    this.#number = desk.checkpoint();
  }

  /**
   * Fetches the module and makes a verifier of it.
   * @param {string | URL | BufferSource} source
   * @returns {Promise<Verifier>}
   */
  static async load(source) {
    return (await Mingma.load(source)).verifier();
  }

  /**
   * Takes a trust list in place of the one held; it must be of the same signer and not older. The status lists are
   * let go and must be added again: until then a code that stands in one is `unsupported`.
   * @param {BufferSource} file the trust list as the server publishes it
   * @param {number} now
   * @param {BufferSource} [anchor] the certificate, DER, whose signature counts. Without it the one in the file does,
   *   which finds damage and not fraud: for a list that came over a connection that is itself trusted.
   * @returns {TrustInfo}
   */
  setTrust(file, now, anchor) {
    const inputs = [octets(file), ...(anchor ? [octets(anchor)] : [])];
    const call = (file, anchor = 0) => [this.#number, file, anchor, now];
    return json(this.#desk.call("mingma_set_trust", inputs, call));
  }

  /**
   * Takes a signed status list in.
   * @param {BufferSource} token
   * @param {number} now
   * @returns {TrustInfo}
   */
  addStatusList(token, now) {
    const call = (token) => [this.#number, token, now];
    return json(this.#desk.call("mingma_add_status_list", [octets(token)], call));
  }

  /**
   * Judges a text: the object that `mingma verify --json` prints.
   * @param {string} code
   * @param {number} now
   * @returns {{result: string, reason?: string, key?: string, revocation?: string, code?: object}} `result` is
   *   `green`, `yellow`, `red`, `valid certificate`, `expired`, `not yet valid`, `revoked`, `clock`, `unknown key`,
   *   `bad signature`, `unreadable` or `unsupported`
   * @throws {Refusal} `no-trust` before a list is set, `stale` once it was to be renewed: then nothing can be said
   */
  verify(code, now) {
    return json(this.#desk.call("mingma_verify", [text(code)], (code) => [this.#number, code, now]));
  }

  /**
   * What is held, and how old it is.
   * @typedef {{number: number, issued_at: number, next_update: number, stale: boolean, age_seconds: number,
   *   signer: string, keys: number, status_lists: number}} TrustInfo
   * @param {number} now
   * @returns {TrustInfo}
   * @throws {Refusal} `no-trust` before a list is set
   */
  trustInfo(now) {
    return json(this.#desk.call("mingma_holdings", [], () => [this.#number, now]));
  }

  /** Lets go of the keys and lists; the verifier is of no use afterwards. */
  close() {
    this.#desk.close(this.#number);
  }
}

/**
 * Makes the phone's key. It cannot be read out; keep both halves in IndexedDB as they are.
 * @returns {Promise<CryptoKeyPair>}
 */
export function newDeviceKey() {
  return crypto.subtle.generateKey(ES256, false, ["sign", "verify"]);
}

/**
 * The public half as a code carries it: 33 bytes, which the server is told when it binds the phone.
 * @param {CryptoKey} publicKey
 * @returns {Promise<Uint8Array>}
 */
export async function devicePoint(publicKey) {
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)); // 4, x, y
  return Uint8Array.of(2 + (point[64] & 1), ...point.subarray(1, 33));
}

const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** One instance of the module, and how it is called. */
class Desk {
  #exports;

  constructor(exports) {
    this.#exports = exports;
  }

  static async start(module) {
    return new Desk((await WebAssembly.instantiate(module, {})).exports);
  }

  checkpoint() {
    const number = this.#exports.mingma_checkpoint();
    if (number === 0) throw new Refusal("full", "no more verifiers can be made: close one");
    return number;
  }

  close(checkpoint) {
    this.#exports.mingma_checkpoint_free(checkpoint);
  }

  /** Hands the inputs in, calls `name` with what `call` makes of their numbers, and gives a copy of the answer. */
  call(name, inputs, call) {
    const numbers = [];
    for (const input of inputs) {
      const number = this.#exports.mingma_buffer(input.length);
      if (number === 0) {
        numbers.forEach((number) => this.#exports.mingma_buffer_free(number));
        throw new Refusal("full", "what came is too long to be looked at");
      }
      numbers.push(number);
      this.#at(number).set(input);
    }
    const answer = this.#exports[name](...call(...numbers));
    if (answer === 0) throw new Refusal("full", "there is no room for an answer");
    const number = Math.abs(answer);
    const bytes = this.#at(number).slice();
    this.#exports.mingma_buffer_free(number);
    if (answer > 0) return bytes;
    const { code, message } = json(bytes);
    throw new Refusal(code, message);
  }

  // The memory may have moved with every call, so it is looked up each time.
  #at(number) {
    const { memory, mingma_buffer_at: at, mingma_buffer_length: length } = this.#exports;
    return new Uint8Array(memory.buffer, at(number), length(number));
  }
}

/** How long the module may take to come: 720 kB over the slowest network, of 64 kbit/s, take 90 s. */
const LOAD_MS = 120_000;

async function fetched(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(LOAD_MS) });
  if (!response.ok) throw new Error(`the verifier could not be loaded: ${response.status}`);
  return response.arrayBuffer();
}

function text(value) {
  return new TextEncoder().encode(value);
}

function string(bytes) {
  return new TextDecoder().decode(bytes);
}

function json(bytes) {
  return JSON.parse(string(bytes));
}

function octets(source) {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function redundancy(use) {
  return { screen: 0, paper: 1 }[use] ?? 2;
}
