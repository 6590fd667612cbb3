/** What signing one large file costs the process that does it: the file once, and little more. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accessToDeposit, depositBlob } from '../../main/blobs/blob-file.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { Supervisor } from '../../main/rooms/supervisor.ts';
import { signaturesRoom } from '../../main/signatures/protocol.ts';
import { plainPdf } from '../stand-ins/sample-pdfs.ts';
import { openSigningDesk, RESOURCES } from '../stand-ins/signing-desk.ts';

const MEGABYTE = 1024 * 1024;
const LIMIT_BYTES = 300 * MEGABYTE;
const missing = existsSync('/proc/self/status') ? undefined : 'memory of a process is read from /proc';

const folder = mkdtempSync(join(tmpdir(), 'signing-large-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The most that the process ever held in memory, bytes. */
function peakOf(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

function largePdf(): Buffer {
  const noise = randomBytes(100 * MEGABYTE).toString('latin1');
  return plainPdf({ pages: 3, objects: [`<</Length ${noise.length}>>\nstream\n${noise}\nendstream`] });
}

describe.skipIf(missing)(`a file of 100 MB${missing ? ` (${missing})` : ''}`, () => {
  test('is signed and verified by a process of less than 300 MB', { timeout: 120_000 }, async () => {
    const desk = await openSigningDesk(folder);
    const incomingFolder = join(folder, 'incoming');
    const launch = forkLauncher(() => join(import.meta.dirname, '../../main/signatures/entry.ts'));
    let pid = 0;
    const room = new Supervisor(signaturesRoom, {
      launch: (name) => {
        const started = launch(name);
        pid = started.pid ?? 0;
        return started;
      },
      init: () => ({ incomingFolder, resourcesFolder: RESOURCES, cacheFolder: null }),
    });
    try {
      const input = await depositBlob(incomingFolder, largePdf(), 'application/pdf');
      const pdf = accessToDeposit(incomingFolder, input);
      const prepared = unwrap(
        await room.call('prepareSignature', {
          pdf,
          certificates: desk.token.certificates[0]?.der ?? [],
          signedAt: new Date().toISOString(),
          signerName: desk.officerName,
          reason: null,
          appearance: { kind: 'officer' },
        }),
      );
      // The draft holds what is new, not the file.
      expect(prepared.draft.sizeBytes).toBeLessThan(MEGABYTE);
      const { draft, state } = prepared;
      const signature = await desk.signDigest(prepared);
      const finished = unwrap(await room.call('finishSignature', { pdf, draft, state, signature }));
      expect(finished.pdf.sizeBytes).toBe(input.sizeBytes + draft.sizeBytes);
      expect(finished.pageCount).toBe(3);
      expect(peakOf(pid)).toBeLessThan(LIMIT_BYTES);
    } finally {
      await room.stop(2_000);
    }
  });
});
