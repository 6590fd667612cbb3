/**
 * @file Checking the signatures of any file for an officer: one from outside, or one of a dossier. What was found can be
 * saved as a page that says when it was checked and by whose roots.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { VerificationReport } from '../../preload/types.ts';
import { readBlob, asDiskFailure, type BlobAccess } from '../blobs/blob-file.ts';
import { buildVerificationForm } from '../forms/verification-report.ts';
import type { Clock, Paths } from '../ports/ports.ts';
import type { Settings } from '../settings/settings.ts';
import { describeVerification } from '../signing/verification/describe.ts';
import type { VerificationResult } from '../signing/verification/report.ts';
import type { Rooms } from './rooms.ts';
import { validationPolicyOf } from './validation-policy.ts';

export interface Verification {
  readonly verifyFile: (path: string, password: string | null) => Promise<Result<VerificationReport>>;
  readonly verifyDocument: (documentId: string) => Promise<Result<VerificationReport>>;
  /** Name under which a report is offered for saving; null when there is none of this id. */
  readonly fileNameOf: (reportId: string) => string | null;
  readonly saveReport: (reportId: string, path: string) => Promise<Result<{ readonly fileName: string }>>;
}

interface Kept {
  readonly fileName: string;
  readonly result: VerificationResult;
}

/** A report is saved right after it was read; older ones are checked again instead. */
const MAX_KEPT = 20;

export function createVerification(rooms: Rooms, settings: Settings, paths: Paths, clock: Clock): Verification {
  const kept = new Map<string, Kept>();

  async function verify(
    pdf: BlobAccess | { readonly path: string },
    fileName: string,
    password: string | null,
  ): Promise<Result<VerificationReport>> {
    const verified = await rooms.signatures.call('verifyPdf', {
      pdf,
      policy: validationPolicyOf(settings, paths),
      at: new Date(clock.now()).toISOString(),
      ...(password === null ? {} : { password }),
    });
    if (!verified.ok) return verified;
    const reportId = randomUUID();
    kept.set(reportId, { fileName, result: verified.value });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return ok(toReport(reportId, fileName, verified.value));
  }

  return {
    verifyFile: (path, password) => verify({ path }, basename(path), password),
    verifyDocument: async (documentId) => {
      const found = await rooms.store.call('documentAccess', { documentId });
      return found.ok ? verify(found.value.access, `${found.value.title}.pdf`, null) : found;
    },
    fileNameOf: (reportId) => {
      const report = kept.get(reportId);
      return report ? `Phiếu kiểm tra chữ ký – ${report.fileName.replace(/\.pdf$/i, '')}.pdf` : null;
    },
    saveReport: async (reportId, path) => {
      const report = kept.get(reportId);
      if (!report) return refuse('not-found', reportId);
      const form = buildVerificationForm({ ...report, agencyName: settings.agency.name });
      const composed = await rooms.imaging.call('composeForm', { form });
      if (!composed.ok) return composed;
      try {
        await writeFile(path, await readBlob(rooms.accessTo(composed.value.pdf)));
      } catch (cause) {
        const { code, detail } = asDiskFailure(cause);
        return refuse(code, detail);
      }
      return ok({ fileName: basename(path) });
    },
  };
}

function toReport(reportId: string, fileName: string, result: VerificationResult): VerificationReport {
  const described = describeVerification(result);
  return {
    reportId,
    fileName,
    sha256: result.sha256,
    checkedAt: result.checkedAt,
    verdict: result.verdict,
    statements: described.statements,
    signatures: result.signatures.map((signature, index) => ({
      field: signature.field,
      kind: signature.kind,
      verdict: signature.verdict,
      signer: signature.signer,
      organisation: signature.organisation,
      signedAt: signature.provenAt ?? signature.signedAt,
      level: signature.level,
      isRevocationKnown: signature.revocation === 'good' || signature.revocation === 'revoked',
      statements: described.signatures[index]?.statements ?? signature.reasons,
    })),
  };
}
