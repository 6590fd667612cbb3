import { describe, expect, it } from 'vitest';
import {
  isNavigationAllowed,
  isPermissionAllowed,
  isRequestAllowed,
  pageOf,
  parseAppUrl,
} from '../../../main/shell/page-policy.ts';
import { CONTENT_SECURITY_POLICY } from '../../../main/shell/content-policy.ts';

const FOREIGN = [
  'https://example.vn/',
  'http://app/counter',
  'file:///etc/passwd',
  'app://counter.evil.vn/index.html',
  'app://evil/index.html',
  'app://user@counter/index.html',
  'javascript:alert(1)',
  'data:text/html,x',
  'smb://host/share',
  'ms-msdt:/id',
  '',
];

describe('where a page may go', () => {
  it.each(FOREIGN)('refuses %s', (url) => {
    expect(isNavigationAllowed(url)).toBe(false);
    expect(isRequestAllowed(url)).toBe(false);
  });

  it('allows its own pages', () => {
    expect(isNavigationAllowed('app://counter/index.html')).toBe(true);
    expect(isRequestAllowed('app://counter/blob/abc')).toBe(true);
  });
});

describe('app: addresses', () => {
  it.each([
    ['app://counter/index.html', { kind: 'file', path: 'index.html' }],
    ['app://counter/assets/main-1a2B.js', { kind: 'file', path: 'assets/main-1a2B.js' }],
    ['app://counter/print.html?blob=abc', { kind: 'file', path: 'print.html' }],
    ['app://counter/blob/0a1b-2c_3', { kind: 'blob', id: '0a1b-2c_3' }],
  ])('%s', (url, target) => {
    expect(parseAppUrl(url)).toEqual(target);
  });

  it.each([
    'app://counter/..%2f..%2fetc/passwd',
    'app://counter/%2e%2e/secret.json',
    'app://counter/a/..%5c..%5cb.html',
    'app://counter/index.html%00.png',
    'app://counter/blob/../index.html%2f..',
    'app://counter/.hidden.html',
    'app://counter//etc/passwd',
    'app://counter/blob/a%2fb',
    'app://counter/C:%5cWindows%5cwin.ini',
    'app://counter:80/index.html',
    'app://other/index.html',
    'https://counter/index.html',
    'not a url',
  ])('refuses %s', (url) => {
    const target = parseAppUrl(url);
    // URL parsers may resolve dots before we see them: what is left must then be a plain name inside the bundle.
    if (target !== undefined)
      expect(target).toEqual({ kind: 'file', path: expect.stringMatching(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_./-]*$/) });
    else expect(target).toBeUndefined();
  });
});

describe('permissions', () => {
  const ALL = [
    'clipboard-read',
    'display-capture',
    'fullscreen',
    'geolocation',
    'idle-detection',
    'media',
    'mediaKeySystem',
    'midi',
    'midiSysex',
    'notifications',
    'pointerLock',
    'keyboardLock',
    'openExternal',
    'speaker-selection',
    'storage-access',
    'top-level-storage-access',
    'window-management',
    'unknown',
    'fileSystem',
    'hid',
    'serial',
    'usb',
    'deprecated-sync-clipboard-read',
  ];
  it.each(ALL)('refuses %s even to our own page', (permission) => {
    expect(isPermissionAllowed(permission, 'app://counter/index.html')).toBe(false);
  });
  it('lets our own page copy a code, and nobody else', () => {
    expect(isPermissionAllowed('clipboard-sanitized-write', 'app://counter/index.html')).toBe(true);
    for (const origin of FOREIGN) expect(isPermissionAllowed('clipboard-sanitized-write', origin)).toBe(false);
  });
});

describe('which page a message came from', () => {
  const from = (url: string, shownPage: 'sign-in' | 'desk' | 'confirm' | 'question' | undefined, isTopFrame = true) =>
    pageOf({ url, isTopFrame, shownPage });

  it('knows the three documents in their own windows', () => {
    expect(from('app://counter/sign-in.html', 'sign-in')).toBe('sign-in');
    expect(from('app://counter/index.html', 'desk')).toBe('desk');
    expect(from('app://counter/confirm.html', 'confirm')).toBe('confirm');
    expect(from('app://counter/question.html', 'question')).toBe('question');
    expect(from('app://counter/confirm.html', 'question')).toBeUndefined();
  });

  it('a page that rewrites its own address gains nothing', () => {
    expect(from('app://counter/confirm.html', 'desk')).toBeUndefined();
    expect(from('app://counter/sign-in.html', 'desk')).toBeUndefined();
    expect(from('app://counter/index.html', 'sign-in')).toBeUndefined();
  });

  it('knows nobody in a frame, in a foreign window, or at another address', () => {
    expect(from('app://counter/index.html', 'desk', false)).toBeUndefined();
    expect(from('app://counter/index.html', undefined)).toBeUndefined();
    expect(from('app://counter/print.html', 'desk')).toBeUndefined();
    expect(from('app://counter/blob/abc', 'desk')).toBeUndefined();
    for (const url of FOREIGN) expect(from(url, 'desk')).toBeUndefined();
  });
});

describe('content security policy', () => {
  it('has no unsafe word, no wildcard and no network', () => {
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-|\*|https?:|data:/);
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
  });
});
