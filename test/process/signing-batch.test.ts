/** @file Batches with one PIN on real processes: what is kept, what is not, and what can be taken up again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCounterEvents } from '../../main/counter/events.ts';
import { createJobs } from '../../main/counter/jobs.ts';
import { signDocuments, type DocumentToSign, type SigningChoice } from '../../main/counter/signing.ts';
import type { Authoriser } from '../../main/ports/ports.ts';
import type { FromRoom } from '../../main/rooms/define.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import type { Token } from '../../main/token/protocol.ts';
import type { JobProgress, SigningOutcome } from '../../preload/types.ts';
import { buildFakePkcs11, FAKE_PKCS11_MISSING, type FakePkcs11 } from '../stand-ins/fake-pkcs11/build.ts';
import { plainPdf } from '../stand-ins/sample-pdfs.ts';
import { judge, JUDGES_MISSING } from '../stand-ins/signature-judges.ts';
import { openSigningRooms, personTyping, type SigningRooms } from '../stand-ins/signing-rooms.ts';
import { createSoftHsm } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki, type TestPki } from '../stand-ins/test-pki.ts';

const missing = FAKE_PKCS11_MISSING ?? JUDGES_MISSING;
const CLOCK = { now: () => Date.now() };

describe.skipIf(missing)(`a batch with one PIN${missing ? ` (${missing})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'signing-batch-'));
  let pki: TestPki;
  let fake: FakePkcs11;
  let desk: SigningRooms;
  let token: Token;
  let choice: SigningChoice;
  let documents: DocumentToSign[];
  let overhear: (room: string, message: FromRoom) => void;

  beforeAll(() => {
    pki = createTestPki(join(folder, 'pki'));
    createSoftHsm(join(folder, 'hsm')).addToken('Thẻ ký', pki.issue('Nguyễn Thị Ký', 'rsa-2048'), pki.issuerDer);
    fake = buildFakePkcs11(folder);
  });
  beforeEach(async () => {
    fake.setFaults();
    fake.clearCalls();
    overhear = () => {};
    desk = openSigningRooms(folder, [fake.modulePath], (room, message) => overhear(room, message));
    [token] = unwrap(await desk.rooms.token.call('list', {})) as [Token];
    choice = { tokenId: token.id, certificateId: token.certificates[0]?.id ?? '', officerName: 'Nguyễn Thị Ký' };
    documents = await desk.documents(5, (index) => plainPdf({ pages: index + 1 }));
  });
  afterEach(() => desk.stop());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function sign(
    person: Authoriser = personTyping(),
    list: readonly DocumentToSign[] = documents,
    onSigned: (done: number) => void = () => {},
  ): Promise<readonly SigningOutcome[]> {
    return unwrap(await signDocuments(desk.rooms, CLOCK, person, 'results', choice, list, onSigned));
  }
  const states = (outcomes: readonly SigningOutcome[]): string[] =>
    outcomes.map(({ state, code }) => (code === null ? state : `${state}: ${code}`));
  /** Every kept file is whole and right in the eyes of others, and exactly the signed ones are kept. */
  function expectKept(outcomes: readonly SigningOutcome[]): void {
    const signed = outcomes.filter(({ state }) => state === 'signed').map(({ documentId }) => documentId);
    expect([...desk.kept.keys()].sort()).toEqual(signed.toSorted());
    for (const bytes of desk.kept.values()) {
      const judgement = judge(folder, bytes, pki.rootPath);
      expect(judgement.pdfsig).toMatchObject([{ isValid: true, coversAll: true }]);
      expect(judgement.cades).toEqual([true]);
    }
  }
  const signatures = (): number => fake.calls().filter((line) => line.startsWith('> C_Sign ')).length;
  const remaining = (outcomes: readonly SigningOutcome[]): DocumentToSign[] =>
    documents.filter(({ documentId }) =>
      outcomes.some((outcome) => outcome.documentId === documentId && outcome.state !== 'signed'),
    );

  test('one PIN signs all, and the token is logged out at the end', async () => {
    const person = personTyping();
    const outcomes = await sign(person);
    expect(states(outcomes)).toEqual(Array.from({ length: 5 }, () => 'signed'));
    expectKept(outcomes);
    expect(person.asked).toBe(1);
    const logins = fake.calls().filter((line) => /^> C_Log(in|out)/.test(line));
    expect(logins.map((line) => line.split(' ')[1])).toEqual(['C_Login', 'C_Logout']);
  });

  test('a wrong PIN signs nothing, and nobody tries it again', async () => {
    const answer = await signDocuments(
      desk.rooms,
      CLOCK,
      personTyping('000000'),
      'results',
      choice,
      documents,
      () => {},
    );
    expect(answer).toMatchObject({ ok: false, code: 'pin-wrong' });
    expect(fake.calls().filter((line) => line.startsWith('> C_Login'))).toHaveLength(1);
    expect(signatures()).toBe(0);
    expect(desk.kept.size).toBe(0);
  });

  test('a token pulled out in the middle leaves the rest untried; back again it takes a new PIN for them', async () => {
    const outcomes = await sign(personTyping(), documents, (done) => {
      if (done === 2) fake.setFaults('removed');
    });
    const tried = outcomes.filter(({ state }) => state !== 'not-tried');
    expect(states(outcomes.slice(0, 2))).toEqual(['signed', 'signed']);
    expect(tried.at(-1)).toMatchObject({ state: 'failed', code: 'token-removed' });
    expect(states(outcomes.slice(tried.length))).toEqual(
      Array.from({ length: 5 - tried.length }, () => 'not-tried: token-removed'),
    );
    expectKept(outcomes);
    const rest = remaining(outcomes);
    const gone = await signDocuments(desk.rooms, CLOCK, personTyping(), 'results', choice, rest, () => {});
    expect(gone).toMatchObject({ ok: false, code: 'token-missing' });
    fake.setFaults();
    const person = personTyping();
    const resumed = await sign(person, rest);
    expect(states(resumed)).toEqual(rest.map(() => 'signed'));
    expect(person.asked).toBe(1);
    expect(desk.kept.size).toBe(5);
  });

  test('a device that another program takes in the middle stops the batch and says so', async () => {
    const outcomes = await sign(personTyping(), documents, (done) => {
      if (done === 1) fake.setFaults('device-error');
    });
    expect(states(outcomes)).toContain('failed: token-held');
    expect(states(outcomes).at(-1)).toBe('not-tried: token-held');
    expectKept(outcomes);
  });

  test('a certificate that is not the chosen one any more stops the batch before the first signature', async () => {
    const outcomes = await sign({
      authorise: async (request, attempt) => {
        fake.setFaults('changed-certificate');
        return personTyping().authorise(request, attempt);
      },
    });
    expect(states(outcomes)).toEqual([
      'failed: certificate-mismatch',
      ...Array.from({ length: 4 }, () => 'not-tried: certificate-mismatch'),
    ]);
    expect(signatures()).toBe(0);
    const other = { ...choice, certificateId: 'another' };
    expect(await signDocuments(desk.rooms, CLOCK, personTyping(), 'results', other, documents, () => {})).toMatchObject(
      {
        ok: false,
        code: 'certificate-mismatch',
      },
    );
  });

  test('a file that cannot be signed does not stop the others', async () => {
    const [broken] = await desk.documents(1, Buffer.from('%PDF-1.7\nkhông phải PDF'));
    if (!broken) throw new Error('no document');
    const list = [documents[0], { ...broken, documentId: 'broken' }, documents[1]] as DocumentToSign[];
    const outcomes = await sign(personTyping(), list);
    expect(outcomes.map(({ state }) => state)).toEqual(['signed', 'failed', 'signed']);
    expectKept(outcomes);
  });

  test('a full disk stops the batch: the rest would meet it too', async () => {
    const list = documents.map((document, index) =>
      index === 1 ? { ...document, keep: async () => ({ ok: false, code: 'disk-full' }) as const } : document,
    );
    const outcomes = await sign(personTyping(), list);
    expect(states(outcomes).slice(0, 2)).toEqual(['signed', 'failed: disk-full']);
    expect(states(outcomes).at(-1)).toBe('not-tried: disk-full');
    expectKept(outcomes);
  });

  test('a second batch is refused while the first has the token, before anybody is asked', async () => {
    let second: unknown;
    const person = personTyping();
    await sign({
      authorise: async (request, attempt) => {
        second = await signDocuments(desk.rooms, CLOCK, person, 'results', choice, documents, () => {});
        return personTyping().authorise(request, attempt);
      },
    });
    expect(second).toMatchObject({ ok: false, code: 'token-busy' });
    expect(person.asked).toBe(0);
    expect(states(await sign(person))).not.toContain('token-busy');
  });

  describe('as a job', () => {
    function watched() {
      const seen: JobProgress[] = [];
      const events = createCounterEvents();
      events.on('job.progress', (progress) => void seen.push(progress));
      const jobs = createJobs(events);
      return { seen, jobs, watch: { jobs, dossierId: null } };
    }

    test('it shows how far it is, file by file, from the PIN on', async () => {
      const { seen, watch } = watched();
      const person: Authoriser = {
        authorise: (request, attempt) => {
          expect(seen).toEqual([]);
          return personTyping().authorise(request, attempt);
        },
      };
      unwrap(await signDocuments(desk.rooms, CLOCK, person, 'results', choice, documents, () => {}, watch));
      expect(seen.filter(({ total }) => total === 5).map(({ done, state }) => `${done} ${state}`)).toEqual([
        ...[0, 1, 2, 3, 4, 5].map((done) => `${done} running`),
        '5 done',
      ]);
    });

    test('stopped between two files it keeps what is signed and signs no more', async () => {
      const { seen, jobs, watch } = watched();
      const answer = await signDocuments(
        desk.rooms,
        CLOCK,
        personTyping(),
        'results',
        choice,
        documents,
        (done) => {
          if (done === 2) expect(jobs.cancel(seen.at(-1)?.jobId ?? '', ['sign'])).toBe(true);
        },
        watch,
      );
      const outcomes = unwrap(answer);
      expect(states(outcomes).slice(0, 2)).toEqual(['signed', 'signed']);
      expect(states(outcomes).at(-1)).toBe('not-tried: cancelled');
      expect(seen.at(-1)).toMatchObject({ state: 'cancelled', code: 'cancelled' });
      expect(signatures()).toBe(desk.kept.size);
      expectKept(outcomes);
      expect(states(await sign(personTyping(), remaining(outcomes)))).not.toContain('failed');
    });
  });

  describe('killed in the middle', () => {
    /** Kills a room by SIGKILL as its n-th answer arrives, or just before, while it works on the next. */
    function killAt(room: 'token' | 'signatures', answer: number): void {
      let answers = 0;
      overhear = (from, message) => {
        if (from !== room || message.kind !== 'answer' || ++answers !== answer) return;
        const { pid } = desk.rooms[room];
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      };
    }

    test.each([1, 2, 3, 4, 6, 8, 10])(
      'the signatures room at its answer %i: its work is asked of the next one, every file is signed',
      async (answer) => {
        killAt('signatures', answer);
        const outcomes = await sign();
        expect(states(outcomes)).toEqual(Array.from({ length: 5 }, () => 'signed'));
        expectKept(outcomes);
      },
    );

    test('the signatures room again and again: whatever is reported as signed is whole', async () => {
      overhear = (from, message) => {
        const { pid } = desk.rooms.signatures;
        if (from === 'signatures' && message.kind === 'answer' && pid !== undefined) process.kill(pid, 'SIGKILL');
      };
      const outcomes = await sign();
      expect(outcomes).toHaveLength(5);
      expectKept(outcomes);
    });

    test.each([2, 3, 5])(
      'the token room at its answer %i: what is signed stays, the rest waits, and a new PIN goes on',
      async (answer) => {
        killAt('token', answer);
        const outcomes = await sign();
        expect(states(outcomes)).toContain('failed: room-stopped');
        expect(outcomes.filter(({ state }) => state === 'not-tried').every(({ code }) => code === 'room-stopped')).toBe(
          true,
        );
        expectKept(outcomes);
        overhear = () => {};
        const person = personTyping();
        await sign(person, remaining(outcomes));
        expect(person.asked).toBe(1);
        expect(desk.kept.size).toBe(5);
      },
    );

    test('the token room with the PIN in its hand: the try may be gone, and nothing is signed', async () => {
      fake.setFaults('hang-login');
      const pending = signDocuments(desk.rooms, CLOCK, personTyping(), 'results', choice, documents, () => {});
      await expect.poll(() => fake.calls().some((line) => line.startsWith('> C_Login'))).toBe(true);
      const { pid } = desk.rooms.token;
      if (pid === undefined) throw new Error('the token room does not run');
      fake.setFaults();
      process.kill(pid, 'SIGKILL');
      expect(await pending).toMatchObject({ ok: false, code: 'pin-unanswered' });
      expect(desk.kept.size).toBe(0);
    });
  });
});
