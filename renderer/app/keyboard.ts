/**
 * @file The one key listener of the desk. It keeps letters for the field that has the focus, also while a word is being
 * composed (Unikey, IBus); takes a card reader's burst out of any field; and hands every other key to the shortcuts.
 */
import { BURST_GAP_MS, WedgeReader } from './wedge-reader.ts';
import { isIdentityText, readWedgeText, type WedgeText } from './wedge-text.ts';
import { dismissFailure } from '../state/failures.ts';
import { findShortcut } from '../state/shortcuts.ts';

/** A reader that stops in the middle of a code for this long is taken for a person after all. */
const GIVE_UP_MS = 400;

type TextField = HTMLInputElement | HTMLTextAreaElement;

function textField(target: EventTarget | null): TextField | null {
  if (target instanceof HTMLTextAreaElement) return target;
  if (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range', 'file'].includes(target.type))
    return target;
  return null;
}

/** Sets a field as if typed, so that React and undo in the screen see it. */
function setFieldText(field: TextField, value: string): void {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * The letter or digit on the key cap, whatever a Vietnamese layout or typing method makes of it (`ă` on the key of `1`).
 * @see https://www.w3.org/TR/uievents-code/
 */
function capOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isForeign = key.length === 1 && (key.codePointAt(0) ?? 0) > 0x7e;
  return (isForeign ? /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1]?.toLowerCase() : undefined) ?? key;
}

function keyName(event: KeyboardEvent): string {
  const key = capOf(event);
  if (event.ctrlKey || event.metaKey) {
    const isShifted = event.shiftKey && /^[a-z]$/.test(key);
    return `Ctrl+${isShifted ? 'Shift+' : ''}${key.length === 1 ? key.toUpperCase() : key}`;
  }
  if (event.altKey) return `Alt+${key}`;
  return key;
}

/** Esc closes what lies on top before it means "one step back". */
function isPopupOpen(): boolean {
  return [...document.querySelectorAll<HTMLElement>('[role="dialog"], [role="menu"], [role="listbox"]')].some((popup) =>
    popup.checkVisibility(),
  );
}

/** Starts listening; the returned function ends it. */
export function listenToKeys(onCode: (code: WedgeText) => void): () => void {
  const reader = new WedgeReader();
  /** The key of the latest keydown; a letter that comes with another has no key. */
  let lastKey: string | null = null;
  let before: { readonly field: TextField; readonly value: string } | null = null;
  let giveUpTimer: ReturnType<typeof setTimeout> | undefined;
  let loneKeyTimer: ReturnType<typeof setTimeout> | undefined;

  /** The held burst has stopped: a whole card was read by a reader that sends no Enter, or somebody typed after all. */
  function giveUp(): void {
    const held = reader.giveUp();
    if (held === null) return;
    const code = readWedgeText(held.text, held.isComposed);
    if (code.kind !== 'unknown') onCode(code);
    else if (before !== null && document.contains(before.field)) setFieldText(before.field, before.value + held.text);
  }

  /** Lets the reader see one key; true when the key is a code's and nobody else's. */
  function feed(key: string, event: KeyboardEvent, field: TextField | null): boolean {
    if (reader.startsAnew(event.timeStamp)) before = field ? { field, value: field.value } : null;
    const verdict = reader.key(key, event.timeStamp);
    if (verdict.kind === 'pass') return false;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(giveUpTimer);
    if (verdict.landed > 0 && before) setFieldText(before.field, before.value);
    if (verdict.kind === 'hold') giveUpTimer = setTimeout(giveUp, GIVE_UP_MS);
    else onCode(readWedgeText(verdict.text, verdict.isComposed));
    return true;
  }

  /** Readers that send Alt and a number on the keypad: the letter comes without a key of its own. */
  function onKeyPress(event: KeyboardEvent): void {
    const isOwn = event.key === lastKey;
    lastKey = null;
    const field = textField(event.target);
    if (isOwn || event.key.length !== 1 || (field instanceof HTMLInputElement && field.type === 'password')) return;
    feed(event.key, event, field);
  }

  /** Readers that come with a program paste what they read. */
  function onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!isIdentityText(text)) return;
    event.preventDefault();
    event.stopPropagation();
    onCode(readWedgeText(text));
  }

  function run(name: string, event: KeyboardEvent): void {
    const shortcut = findShortcut(name);
    if (!shortcut || (name === 'Escape' && isPopupOpen())) return;
    // "Press F2 again", says a failure: the key answers it.
    if (/^F\d/.test(name)) dismissFailure();
    event.preventDefault();
    event.stopPropagation();
    shortcut.run(name);
  }

  function onKeyDown(event: KeyboardEvent): void {
    lastKey = event.key;
    if (event.isComposing || event.keyCode === 229) {
      if (!event.repeat) reader.composed(event.timeStamp);
      return;
    }
    // The number that a reader sends for a letter is no command.
    if (event.altKey && event.code.startsWith('Numpad')) return;
    if (event.key === 'Backspace' && !event.repeat && reader.composed(event.timeStamp)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const field = textField(event.target);
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isPrintable = event.key.length === 1 && isPlain;
    const isSecret = field instanceof HTMLInputElement && field.type === 'password';
    clearTimeout(loneKeyTimer);

    const isEnd = (event.key === 'Enter' || event.key === 'Tab') && isPlain && !event.shiftKey;
    if ((isPrintable || isEnd) && !isSecret && !event.repeat && feed(event.key, event, field)) return;

    if (isPrintable) {
      // A single letter acts only when it is alone: the digits of a card reader are no commands.
      if (
        field !== null ||
        event.target instanceof HTMLSelectElement ||
        document.querySelector('[role="dialog"]') !== null
      )
        return;
      const isAlone = reader.length <= 1;
      const name = keyName(event);
      if (isAlone && findShortcut(name))
        loneKeyTimer = setTimeout(() => findShortcut(name)?.run(name), BURST_GAP_MS + 10);
      return;
    }
    const name = keyName(event);
    if (event.repeat && name.startsWith('F')) {
      event.preventDefault();
      return;
    }
    // In a field these keys edit text; elsewhere they are commands.
    if (
      field !== null &&
      [
        'Ctrl+Z',
        'Ctrl+Y',
        'Ctrl+Shift+Z',
        'Ctrl+A',
        'Ctrl+H',
        'Delete',
        'Insert',
        'Home',
        'End',
        'ArrowLeft',
        'ArrowRight',
        'ArrowUp',
        'ArrowDown',
        'Alt+ArrowLeft',
        'Alt+ArrowRight',
      ].includes(name)
    )
      return;
    run(name, event);
  }

  window.addEventListener('keydown', onKeyDown, true);
  window.addEventListener('keypress', onKeyPress, true);
  window.addEventListener('paste', onPaste, true);
  return () => {
    window.removeEventListener('keydown', onKeyDown, true);
    window.removeEventListener('keypress', onKeyPress, true);
    window.removeEventListener('paste', onPaste, true);
    clearTimeout(giveUpTimer);
    clearTimeout(loneKeyTimer);
  };
}
