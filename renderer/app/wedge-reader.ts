/**
 * @file Telling a keyboard-wedge QR reader from a person at the keyboard. A reader "types" a whole code, far quicker than
 * anybody can, and ends with Enter. Pure: the page's key listener feeds it and does what it says.
 */

/** Longest pause inside one burst of a reader; quick typists stay above 60 ms between keys for a whole code. */
export const BURST_GAP_MS = 60;
/** An identity code starts with a 12- or 9-digit number before its first bar. */
const LEAST_BEFORE_BAR = 9;

export type WedgeVerdict =
  | { readonly kind: 'pass' }
  /** The key belongs to a code: keep it out of the field, and take back the `landed` characters that got in before. */
  | { readonly kind: 'hold'; readonly landed: number }
  | { readonly kind: 'code'; readonly text: string };

export class WedgeReader {
  #text = '';
  #lastAt = Number.NEGATIVE_INFINITY;
  #isHolding = false;

  /** One printable character, or `Enter`. `atMs` is the event's own time stamp. */
  key(key: string, atMs: number): WedgeVerdict {
    if (atMs - this.#lastAt > BURST_GAP_MS && !this.#isHolding) this.#text = '';
    this.#lastAt = atMs;
    if (key === 'Enter') {
      const text = this.#text;
      const wasHolding = this.#isHolding;
      this.reset();
      return wasHolding ? { kind: 'code', text } : { kind: 'pass' };
    }
    this.#text += key;
    if (this.#isHolding) return { kind: 'hold', landed: 0 };
    if (key !== '|' || this.#text.length <= LEAST_BEFORE_BAR) return { kind: 'pass' };
    this.#isHolding = true;
    return { kind: 'hold', landed: this.#text.length - 1 };
  }

  /** Characters so far in the present burst; a single-letter shortcut waits until it knows it is alone. */
  get length(): number {
    return this.#text.length;
  }

  /** When a held burst stops without Enter, its text was typed after all and goes back into the field. */
  giveUp(): string | null {
    const text = this.#isHolding ? this.#text : null;
    this.reset();
    return text;
  }

  reset(): void {
    this.#text = '';
    this.#isHolding = false;
    this.#lastAt = Number.NEGATIVE_INFINITY;
  }
}
