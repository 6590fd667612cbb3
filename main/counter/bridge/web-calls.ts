/**
 * @file A page's call, from consent to answer: may it ask → fetch → show → PIN → sign → keep → send. What is signed is kept
 * before it is sent; a page that leaves in between gets its file all the same.
 */
import { createHash } from 'node:crypto';
import type { BlobAccess } from '../../blobs/blob-file.ts';
import type { BridgeOutcome, BridgeRequest } from '../../bridge/protocol.ts';
import type { Authoriser, Machine } from '../../ports/ports.ts';
import { Failure, unwrap } from '../../rooms/failure.ts';
import type { Settings } from '../../settings/settings.ts';
import { describeVerification } from '../../signing/verification/describe.ts';
import type { Jobs } from '../jobs.ts';
import type { Rooms } from '../rooms.ts';
import { validationPolicyOf } from '../validation-policy.ts';
import { chosenKey, shownKeys, type About, type AskOfficer } from './ask-officer.ts';
import type { CallQueue } from './call-queue.ts';
import { createFetchedFiles } from './fetched-files.ts';
import type { SendUnsent } from './send-unsent.ts';
import { signDigest } from './sign-digest.ts';
import { createFileSigning } from './sign-files.ts';
import type { UnsentFiles } from './unsent-files.ts';

export interface WebCall {
  readonly callId: string;
  readonly origin: string;
  readonly operation: string;
  readonly request: BridgeRequest;
}

export interface WebCalls {
  /** @throws Failure for every expected refusal */
  readonly perform: (call: WebCall) => Promise<BridgeOutcome>;
  readonly blobAccess: (blobId: string) => BlobAccess | undefined;
}

export interface WebCallPorts {
  readonly machine: Machine;
  readonly rooms: Rooms;
  readonly settings: Settings;
  /** The PIN window of this call, which says which page asked. */
  readonly authoriserFor: (about: About) => Authoriser;
  readonly queue: CallQueue;
  readonly ask: AskOfficer;
  readonly unsent: UnsentFiles;
  readonly sending: SendUnsent;
  readonly jobs: Jobs;
  readonly record: (
    officerId: string,
    kind: 'web-signed' | 'web-hash-signed',
    data: Record<string, string | number>,
  ) => Promise<void>;
}

export function createWebCalls(ports: WebCallPorts): WebCalls {
  const { machine, rooms, settings, queue, ask } = ports;
  const fetched = createFetchedFiles(rooms);
  const files = createFileSigning(ports, fetched);

  async function certificate(about: About, signal: AbortSignal): Promise<BridgeOutcome> {
    const keys = await ask.keys(about.officer);
    const answer =
      keys.length === 1 ? null : await ask.decide(about, { kind: 'certificate', keys: shownKeys(keys) }, signal);
    const { token, certificateId } = chosenKey(keys, answer?.key ?? null);
    const found = token.certificates.find(({ id }) => id === certificateId);
    if (!found) throw new Failure('certificate-missing');
    const { subject, issuer, serialNumber, notBefore, notAfter, der } = found;
    return { kind: 'certificate', subject, issuer, serialNumber, notBefore, notAfter, der: der[0] ?? '' };
  }

  async function digest(
    about: About,
    request: Extract<BridgeRequest, { kind: 'hash' | 'challenge' }>,
    signal: AbortSignal,
  ): Promise<BridgeOutcome> {
    const bytes = request.kind === 'hash' ? Buffer.from(request.digest, 'base64') : digestOf(request.text);
    const text = request.kind === 'hash' ? bytes.toString('hex') : request.text;
    const keys = await ask.keys(about.officer);
    const answer = await ask.decide(about, { kind: request.kind, text, keys: shownKeys(keys) }, signal);
    const { token, certificateId } = chosenKey(keys, answer.key);
    const signed = unwrap(
      await signDigest(rooms, ports.authoriserFor(about), token, certificateId, {
        title: text,
        digest: bytes,
        form: request.kind === 'hash' && request.form === 'cms' ? 'cms' : 'raw',
        officerName: about.officer.name,
      }),
    );
    // Before it leaves: no signature on something unseen without an entry.
    await ports.record(about.officer.id, 'web-hash-signed', {
      origin: about.origin,
      operation: about.operation,
      digest: bytes.toString('hex'),
      certificateSerial: signed.certificateSerial,
    });
    return { kind: 'signature', signature: signed.signature, der: signed.der };
  }

  async function verify(
    about: About,
    { url, credentials }: Extract<BridgeRequest, { kind: 'verify' }>,
    signal: AbortSignal,
  ): Promise<BridgeOutcome> {
    const file = await fetched.fetchOne({ origin: about.origin, url, credentials, name: null }, signal);
    try {
      const { access } = unwrap(file);
      const policy = validationPolicyOf(settings, machine.paths);
      const at = new Date(machine.clock.now()).toISOString();
      const result = unwrap(await rooms.signatures.call('verifyPdf', { pdf: access, policy, at }));
      const described = describeVerification(result);
      return {
        kind: 'verified',
        verdict: result.verdict,
        summary: described.statements.join(' '),
        signatures: result.signatures.map((signature, index) => ({
          ...signature,
          ...described.signatures[index],
        })),
      };
    } finally {
      await fetched.release([file]);
    }
  }

  return {
    blobAccess: fetched.accessOf,
    perform: async ({ callId, origin, operation, request }) => {
      if (request.kind === 'hash' && !settings.bridge.hashSigningOrigins.includes(origin))
        throw new Failure('bridge-hash-refused', origin);
      // A signed challenge says nothing of the page it was signed for: another page could hand it on and sign in there.
      if (request.kind === 'challenge' && !settings.bridge.allowedOrigins.includes(origin))
        throw new Failure('bridge-hash-refused', origin);
      const done = await queue.run(origin, callId, async (signal) => {
        const about: About = { origin, operation, officer: ask.officer() };
        await ask.consent(about, signal);
        switch (request.kind) {
          case 'certificate':
            return certificate(about, signal);
          case 'challenge':
          case 'hash':
            return digest(about, request, signal);
          case 'verify':
            return verify(about, request, signal);
          case 'sign':
            return { kind: 'kept' as const, files: await files.sign(about, request, signal) };
        }
      });
      // Sending needs nobody: the next page's question does not wait for it.
      return done.kind === 'kept' && request.kind === 'sign'
        ? files.sendAll(request, done.files)
        : (done as BridgeOutcome);
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
