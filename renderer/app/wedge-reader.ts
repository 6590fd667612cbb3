/**
 * @file Telling a keyboard-wedge QR reader from a person at the keyboard. A reader "types" a whole code, far quicker than
 * anybody can, and ends with Enter or Tab, sometimes with both, sometimes with nothing. Pure: the page's key listener feeds it
 * and does what it says.
 */

/** Longest pause inside one burst of a reader; quick typists stay above 60 ms between keys for a whole code. */
export const BURST_GAP_MS = 60;
/** Slow readers: nobody types a bar behind twelve digits, so digits alone may come this slowly. */
const DIGITS_GAP_MS = 250;
const DIGITS = /^\d{1,12}$/;
/** So many composed keys as fast as a reader's are a reader's. */
const LEAST_COMPOSED = 12;
/** An identity code starts with a 12- or 9-digit number before its first bar; our own codes with eight letters. */
const LEAST_BEFORE_BAR = 8;
/** Without a bar only what is long and opaque is a reader's: nobody types that, and nobody needs it in a field. */
const OPAQUE = /^[\w+/=.~-]{64,}$|^(https?:\/\/|vneid)\S*vneid\S*$/i;
/** Far longer than any code: a stuck key, or somebody playing. */
const MOST_CHARACTERS = 4_000;

export type WedgeVerdict =
  | { readonly kind: 'pass' }
  /** The key belongs to a code: keep it out of the field, and take back the `landed` characters that got in before. */
  | { readonly kind: 'hold'; readonly landed: number }
  /** `isComposed`: a keyboard program worked on the keys in between, so the text is not what the reader sent. */
  | { readonly kind: 'code'; readonly text: string; readonly landed: number; readonly isComposed: boolean };

export class WedgeReader {
  #text = '';
  /** Keys of the present quick burst. */
  #burst = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #endedAt = Number.NEGATIVE_INFINITY;
  #isHolding = false;
  #isComposed = false;
  /** Keys in a row that a keyboard program took for itself. */
  #composedKeys = 0;

  /** One printable character, `Enter` or `Tab`. `atMs` is the event's own time stamp. */
  key(key: string, atMs: number): WedgeVerdict {
    const gap = atMs - this.#lastAt;
    if (gap > BURST_GAP_MS) this.#burst = 0;
    if (key === 'Enter' || key === 'Tab') return this.#end(atMs);
    if (this.startsAnew(atMs)) this.#forget();
    // No code begins with a space: it is a person's, who may press the next key as quickly as they like.
    if (key === ' ' && this.#text === '') {
      this.reset();
      return { kind: 'pass' };
    }
    this.#lastAt = atMs;
    this.#burst++;
    this.#text += key;
    if (this.#isHolding) {
      if (this.#text.length > MOST_CHARACTERS) this.reset();
      return { kind: 'hold', landed: 0 };
    }
    if (key !== '|' || this.#text.length <= LEAST_BEFORE_BAR) return { kind: 'pass' };
    this.#isHolding = true;
    return { kind: 'hold', landed: this.#text.length - 1 };
  }

  /**
   * A keyboard program put something together, or took back what it had typed, in the middle of a burst.
   * @returns true when the key belongs to a code and is to be kept out of the field
   */
  composed(atMs: number): boolean {
    this.#composedKeys = atMs - this.#lastAt > BURST_GAP_MS ? 1 : this.#composedKeys + 1;
    this.#lastAt = atMs;
    if (this.#text !== '') this.#isComposed = true;
    return this.#isHolding;
  }

  /** Whether the next key at that time begins something new: what the field holds now is what it goes back to. */
  startsAnew(atMs: number): boolean {
    const gap = atMs - this.#lastAt;
    return this.#text === '' || (!this.#isHolding && gap > (DIGITS.test(this.#text) ? DIGITS_GAP_MS : BURST_GAP_MS));
  }

  #end(atMs: number): WedgeVerdict {
    const text = this.startsAnew(atMs) ? '' : this.#text;
    const isSwallowed = this.#composedKeys >= LEAST_COMPOSED && atMs - this.#lastAt <= BURST_GAP_MS;
    const isComposed = this.#isComposed || isSwallowed;
    const wasHolding = this.#isHolding;
    // Tab behind Enter, a line feed behind a carriage return: the end of the same code.
    const isSecondEnd = text === '' && atMs - this.#endedAt <= BURST_GAP_MS;
    this.reset();
    if (isSecondEnd) {
      this.#endedAt = atMs;
      return { kind: 'hold', landed: 0 };
    }
    if (!wasHolding && !isSwallowed && !OPAQUE.test(text)) return { kind: 'pass' };
    this.#endedAt = atMs;
    return { kind: 'code', text, landed: wasHolding || isSwallowed ? 0 : text.length, isComposed };
  }

  /** Keys so far in the present burst; a single-letter shortcut waits until it knows it is alone. */
  get length(): number {
    return this.#burst;
  }

  /** A held burst stopped without its end: a code whose reader sends none, or typing that goes back into the field. */
  giveUp(): { readonly text: string; readonly isComposed: boolean } | null {
    const held = this.#isHolding ? { text: this.#text, isComposed: this.#isComposed } : null;
    this.reset();
    return held;
  }

  reset(): void {
    this.#forget();
    this.#burst = 0;
    this.#lastAt = Number.NEGATIVE_INFINITY;
  }

  #forget(): void {
    this.#text = '';
    this.#isHolding = false;
    this.#isComposed = false;
    this.#composedKeys = 0;
  }
}
