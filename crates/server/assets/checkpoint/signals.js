/** What is heard and felt: short tones that differ in height, length and number. */

/** Frequency in hertz (0 is silence) and length in seconds. */
const TONES = {
  pass: [[880, 0.12], [1_320, 0.2]],
  look: [[587, 0.14], [0, 0.08], [587, 0.14], [0, 0.08], [587, 0.14]],
  no: [[180, 0.6]],
};
/** Milliseconds on, off, on. */
const TOUCHES = { pass: [60], look: [80, 80, 80, 80, 80], no: [500] };

export class Signals {
  muted = false;
  #sound = null;

  constructor() {
    // A browser lets a page be heard only once somebody has touched it.
    const allow = () => {
      this.#sound ??= globalThis.AudioContext ? new AudioContext() : null;
      this.#sound?.resume();
    };
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, allow);
  }

  /** @param {"pass" | "look" | "no"} signal */
  give(signal) {
    if (this.muted) return;
    navigator.vibrate?.(TOUCHES[signal]);
    if (this.#sound?.state !== "running") return;
    let at = this.#sound.currentTime;
    for (const [frequency, seconds] of TONES[signal]) {
      if (frequency > 0) this.#tone(frequency, at, seconds);
      at += seconds;
    }
  }

  #tone(frequency, at, seconds) {
    const [tone, volume] = [this.#sound.createOscillator(), this.#sound.createGain()];
    tone.frequency.value = frequency;
    // Without the short ends a tone clicks.
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.4, at + 0.01);
    volume.gain.setValueAtTime(0.4, at + seconds - 0.02);
    volume.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(volume).connect(this.#sound.destination);
    tone.start(at);
    tone.stop(at + seconds);
  }
}
