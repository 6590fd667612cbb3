/**
 * @file The one key listener of the desk. It keeps letters for the field that has the focus, also while a word is being
 * composed (Unikey, IBus); takes a card reader's burst out of any field; and hands every other key to the shortcuts.
 */
import { BURST_GAP_MS, WedgeReader } from './wedge-reader.ts';
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
export function listenToKeys(onIdentityCode: (text: string) => void): () => void {
  const reader = new WedgeReader();
  let before: { readonly field: TextField; readonly value: string } | null = null;
  let giveUpTimer: ReturnType<typeof setTimeout> | undefined;
  let loneKeyTimer: ReturnType<typeof setTimeout> | undefined;

  function giveUp(): void {
    const text = reader.giveUp();
    if (text !== null && before !== null && document.contains(before.field))
      setFieldText(before.field, before.value + text);
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
    if (event.isComposing || event.keyCode === 229) return;
    const field = textField(event.target);
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isPrintable = event.key.length === 1 && isPlain;
    const isSecret = field instanceof HTMLInputElement && field.type === 'password';
    clearTimeout(loneKeyTimer);

    if ((isPrintable || (event.key === 'Enter' && isPlain)) && !isSecret) {
      if (reader.length === 0 || event.timeStamp > lastAt + BURST_GAP_MS)
        before = field ? { field, value: field.value } : null;
      lastAt = event.timeStamp;
      const verdict = reader.key(event.key, event.timeStamp);
      if (verdict.kind !== 'pass') {
        event.preventDefault();
        event.stopPropagation();
        clearTimeout(giveUpTimer);
        if (verdict.kind === 'hold') {
          if (verdict.landed > 0 && before) setFieldText(before.field, before.value);
          giveUpTimer = setTimeout(giveUp, GIVE_UP_MS);
        } else onIdentityCode(verdict.text);
        return;
      }
    }

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

  let lastAt = Number.NEGATIVE_INFINITY;
  window.addEventListener('keydown', onKeyDown, true);
  return () => {
    window.removeEventListener('keydown', onKeyDown, true);
    clearTimeout(giveUpTimer);
    clearTimeout(loneKeyTimer);
  };
}
