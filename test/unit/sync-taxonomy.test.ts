import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireAnswer } from '../../main/sync/ports.ts';
import { WireFailure } from '../../main/sync/ports.ts';
import {
  ACTIONS,
  classifyAnswer,
  classifyFailure,
  waitReasonAfterRemedies,
  type AnswerClass,
  type Step,
} from '../../main/sync/taxonomy.ts';

const JSON_TYPE = { 'content-type': 'application/problem+json; charset=utf-8' };
const HTML = { 'content-type': 'text/html' };
const TUS = { 'tus-resumable': '1.0.0' };
const STEPS: readonly Step[] = [
  'health',
  'authenticate',
  'announce',
  'file',
  'head',
  'patch',
  'commit',
  'feed',
  'lease',
];

function answer(status: number, headers: Record<string, string>): WireAnswer {
  return { status, headers, body: new Uint8Array() };
}

describe('what an answer means', () => {
  it.each<[string, Step, number, Record<string, string>, AnswerClass]>([
    ['the receipt', 'commit', 200, JSON_TYPE, 'success'],
    ['a chunk taken', 'patch', 204, TUS, 'success'],
    ['HTML where JSON is due', 'commit', 200, HTML, 'captive-portal'],
    ['200 on a HEAD without the tus header', 'head', 200, HTML, 'captive-portal'],
    ['a redirect', 'announce', 302, HTML, 'captive-portal'],
    ['a redirect even in JSON', 'commit', 308, JSON_TYPE, 'captive-portal'],
    ['network login required', 'announce', 511, HTML, 'server-error'],
    ['an expired token', 'patch', 401, TUS, 'unauthenticated'],
    ['a revoked device', 'announce', 403, JSON_TYPE, 'unauthenticated'],
    ["somebody else's 403 page", 'announce', 403, HTML, 'captive-portal'],
    ["somebody else's 404 page on an upload", 'head', 404, HTML, 'captive-portal'],
    ['an upload the province forgot', 'head', 404, TUS, 'gone'],
    ['an upload that expired', 'patch', 410, TUS, 'gone'],
    ['a feed cursor of another time', 'feed', 410, JSON_TYPE, 'gone'],
    ['an offset that is not true', 'patch', 409, TUS, 'offset-conflict'],
    ['files missing at the commit', 'commit', 409, JSON_TYPE, 'files-missing'],
    ['no numbers left for the day', 'lease', 409, JSON_TYPE, 'refused'],
    ['a manifest that does not fit', 'announce', 422, JSON_TYPE, 'refused'],
    ['a bad request', 'commit', 400, JSON_TYPE, 'refused'],
    ['too large, said by a proxy', 'patch', 413, HTML, 'refused'],
    ['a checksum mismatch', 'patch', 460, TUS, 'checksum-mismatch'],
    ['an upload somebody else has', 'patch', 423, TUS, 'locked'],
    ['too many requests', 'commit', 429, HTML, 'busy'],
    ['a province that is full', 'patch', 503, HTML, 'busy'],
    ['a province that fails', 'commit', 500, JSON_TYPE, 'server-error'],
    ['a gateway time-out of a proxy', 'patch', 504, HTML, 'server-error'],
    ['a request that took too long', 'patch', 408, TUS, 'stalled'],
  ])('%s (%s %i)', (_name, step, status, headers, expected) => {
    expect(classifyAnswer(step, answer(status, headers))).toBe(expected);
  });

  it('a success is never anything but a 2xx that looks like the province', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STEPS),
        fc.integer({ min: 100, max: 599 }),
        fc.dictionary(fc.constantFrom('content-type', 'server', 'location'), fc.string()),
        (step, status, headers) => {
          const isJson = /^application\/(problem\+)?json\b/i.test(headers['content-type'] ?? '');
          fc.pre(!isJson);
          expect(classifyAnswer(step, answer(status, headers))).not.toBe('success');
        },
      ),
    );
  });

  it('an answer in HTML never holds a dossier, except "too large"', () => {
    for (const step of STEPS) {
      for (let status = 200; status < 600; status++) {
        if (status !== 413) expect(ACTIONS[classifyAnswer(step, answer(status, HTML))].kind).toBe('wait');
      }
    }
  });
});

describe('what follows from it', () => {
  it.each<[AnswerClass, (typeof ACTIONS)[AnswerClass]]>([
    ['success', { kind: 'go-on' }],
    ['unreachable', { kind: 'wait', reason: 'network' }],
    ['stalled', { kind: 'wait', reason: 'network' }],
    ['captive-portal', { kind: 'wait', reason: 'network' }],
    ['untrusted', { kind: 'wait-and-stop', reason: 'security' }],
    ['certificate-dates', { kind: 'wait', reason: 'clock' }],
    ['unauthenticated', { kind: 'refresh-token' }],
    ['gone', { kind: 'announce-again' }],
    ['offset-conflict', { kind: 'take-offset' }],
    ['files-missing', { kind: 'send-missing' }],
    ['refused', { kind: 'hold', reason: 'validation' }],
    ['checksum-mismatch', { kind: 'check-local-bytes' }],
    ['locked', { kind: 'retry-soon' }],
    ['busy', { kind: 'wait', reason: 'rate' }],
    ['server-error', { kind: 'wait', reason: 'network' }],
  ])('%s', (kind, action) => {
    expect(ACTIONS[kind]).toEqual(action);
  });

  it('a refused credential waits for authentication once a new token did not help', () => {
    expect(waitReasonAfterRemedies('unauthenticated')).toBe('authentication');
    expect(waitReasonAfterRemedies('locked')).toBe('network');
    expect(waitReasonAfterRemedies('busy')).toBe('rate');
  });

  it.each([
    ['unreachable', 'unreachable'],
    ['stalled', 'stalled'],
    ['untrusted', 'untrusted'],
    ['certificate-dates', 'certificate-dates'],
    ['too-large', 'captive-portal'],
  ] as const)('a wire that fails with %s counts as %s', (fault, expected) => {
    expect(classifyFailure(new WireFailure(fault, 'x'))).toBe(expected);
  });
});
