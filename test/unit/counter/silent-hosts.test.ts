import { expect, test } from 'vitest';
import { sparingSilentHosts } from '../../../main/counter/silent-hosts.ts';
import { Failure } from '../../../main/rooms/failure.ts';
import type { ValidationAnswer, ValidationRequest } from '../../../main/signing/validation/policy.ts';

const ANSWER: ValidationAnswer = { status: 200, contentType: null, body: new Uint8Array() };
const ask = (url: string): ValidationRequest => ({
  url,
  method: 'GET',
  contentType: null,
  body: null,
  timeoutMs: 1_000,
  maxBytes: 1_000,
});

function network(): {
  asked: string[];
  dead: Set<string>;
  clock: { ms: number };
  fetch: ReturnType<typeof sparingSilentHosts>;
} {
  const asked: string[] = [];
  const dead = new Set<string>();
  const clock = { ms: 0 };
  const fetch = sparingSilentHosts(
    async ({ url }) => {
      asked.push(url);
      if (dead.has(new URL(url).host)) throw new Failure('authority-unreachable', url);
      return ANSWER;
    },
    () => clock.ms,
  );
  return { asked, dead, clock, fetch };
}

test('a host that was silent twice is not asked again for a minute, others are', async () => {
  const { asked, dead, clock, fetch } = network();
  dead.add('ocsp.example');
  for (let turn = 0; turn < 10; turn++)
    await expect(fetch(ask(`http://ocsp.example/${turn}`))).rejects.toMatchObject({ code: 'authority-unreachable' });
  expect(asked).toEqual(['http://ocsp.example/0', 'http://ocsp.example/1']);
  expect(await fetch(ask('http://crl.example/a'))).toEqual(ANSWER);
  dead.clear();
  clock.ms = 60_001;
  expect(await fetch(ask('http://ocsp.example/later'))).toEqual(ANSWER);
  expect(await fetch(ask('http://ocsp.example/again'))).toEqual(ANSWER);
});

test('one silence between answers changes nothing, and other failures do not count', async () => {
  const { asked, dead, fetch } = network();
  for (let turn = 0; turn < 3; turn++) {
    dead.add('a.example');
    await expect(fetch(ask('http://a.example/'))).rejects.toMatchObject({ code: 'authority-unreachable' });
    dead.clear();
    await fetch(ask('http://a.example/'));
  }
  expect(asked).toHaveLength(6);
  const failing = sparingSilentHosts(() => Promise.reject(new Failure('cancelled')));
  for (let turn = 0; turn < 4; turn++)
    await expect(failing(ask('http://a.example/'))).rejects.toMatchObject({ code: 'cancelled' });
});
