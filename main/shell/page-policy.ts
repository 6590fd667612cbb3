/**
 * @file What a page may do, as pure functions: which URLs are ours, where it may go, what it may ask for, which of our pages
 * a message came from. Tested as tables; the points of Electron's security checklist in brackets.
 */
import { normalize, sep } from 'node:path';
import type { PageName } from '../../preload/contract.ts';

export const APP_ORIGIN = 'app://counter';

export type AppTarget =
  { readonly kind: 'blob'; readonly id: string } | { readonly kind: 'file'; readonly path: string };

/** The only parser of `app:` URLs: undefined for any other host, dots, or a name it does not expect. Queries are the page's own business. */
export function parseAppUrl(url: string): AppTarget | undefined {
  let parsed: URL;
  let path: string;
  try {
    parsed = new URL(url);
    path = decodeURIComponent(parsed.pathname).replace(/^\//, '');
  } catch {
    return undefined;
  }
  if (parsed.protocol !== 'app:' || parsed.host !== 'counter' || parsed.username !== '' || parsed.port !== '')
    return undefined;
  const blob = /^blob\/([A-Za-z0-9_-]{1,100})$/.exec(path);
  if (blob?.[1] !== undefined) return { kind: 'blob', id: blob[1] };
  const isPlainName =
    /^[A-Za-z0-9][A-Za-z0-9_./-]*$/.test(path) && !path.includes('..') && normalize(path) === path.replaceAll('/', sep);
  if (!isPlainName) return undefined;
  return { kind: 'file', path };
}

/** Only our own pages, compared as URLs and never as prefixes [13]. */
export function isNavigationAllowed(url: string): boolean {
  try {
    const { protocol, host, username } = new URL(url);
    return `${protocol}//${host}` === APP_ORIGIN && username === '';
  } catch {
    return false;
  }
}

/** Pages load from `app:` only; the network belongs to the sync room [1]. `blob:` and `devtools:` never leave the page. */
export function isRequestAllowed(url: string): boolean {
  return url.startsWith('blob:app://counter/') || url.startsWith('devtools://') || isNavigationAllowed(url);
}

/** Copying a code to the clipboard is the one thing a page may ask for [5]. */
export function isPermissionAllowed(permission: string, origin: string): boolean {
  return permission === 'clipboard-sanitized-write' && isNavigationAllowed(origin);
}

export interface SenderView {
  readonly url: string;
  readonly isTopFrame: boolean;
  /** What main itself last loaded into the window the message came from; undefined for a window that is not ours. */
  readonly shownPage: PageName | undefined;
}

/**
 * Which of our pages sent this; undefined for anything else. The window decides: a page can rewrite its own URL
 * (`history.replaceState`), so the URL is only asked to agree.
 */
export function pageOf({ url, isTopFrame, shownPage }: SenderView): PageName | undefined {
  if (!isTopFrame || shownPage === undefined) return undefined;
  const target = parseAppUrl(url);
  return target?.kind === 'file' && target.path === PAGE_FILES[shownPage] ? shownPage : undefined;
}

export const PAGE_FILES: Readonly<Record<PageName, string>> = {
  'sign-in': 'sign-in.html',
  desk: 'index.html',
  confirm: 'confirm.html',
  question: 'question.html',
};
