/** @file What each operation of a page puts on the paper, and into the signature's reason. NĐ 30/2020, PL I. */
import type { SignatureImages } from '../../../preload/types.ts';
import type { BridgeRequest, SigningOperation } from '../../bridge/protocol.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Appearance } from '../../signing/appearance/appearance.ts';

export type SigningRequestOfPage = Extract<BridgeRequest, { kind: 'sign' }>;

export interface Stamp {
  /** Fixed, or the officer's own signature or the agency's seal where the document has room for it. */
  readonly appearance: Appearance | 'personal' | 'agency';
  /** Into the signed bytes: who asked for what. */
  readonly reason: string;
  /** For the officer, before signing: what will stand on the page. */
  readonly marks: readonly string[];
}

/** Words for the reason inside the file; the screen has its own table. */
const REASONS: Readonly<Record<SigningOperation, string>> = {
  SignPDF: 'Ký số',
  SignPDFWP: 'Ký số',
  SignFile: 'Ký số',
  SignFiles: 'Ký số',
  SignApproved: 'Ký phê duyệt',
  SignIssued: 'Ký phát hành',
  SignIncome: 'Đóng dấu công văn đến',
  SignAppendix: 'Ký phụ lục',
  SignCopy: 'Ký sao văn bản',
  Comment: 'Bút phê',
};

/** Until the moment of signing is known. */
const TIME = '(thời gian ký)';

/** @param pictures which pictures are registered for this officer */
export function stampOf(
  request: SigningRequestOfPage,
  settings: Settings,
  comment: string | null,
  pictures: Pick<SignatureImages, 'personal'>,
): Stamp {
  const { operation, documentNumber } = request;
  const agencyName = settings.agency.name;
  const issuedOn = dayOf(request.issuedOn);
  const reason = [
    REASONS[operation],
    ...(documentNumber === '' ? [] : [`số ${documentNumber}`]),
    ...(issuedOn === null ? [] : [`ngày ${issuedOn}`]),
  ].join(', ');
  switch (operation) {
    case 'SignApproved':
      return {
        reason,
        appearance: 'personal',
        marks: pictures.personal
          ? ['Hình chữ ký của bạn']
          : ['Người ký: (tên trong chứng thư)', `Thời gian ký: ${TIME}`],
      };
    case 'SignIssued':
      return { reason, appearance: 'agency', marks: ['Hình con dấu của cơ quan'] };
    case 'SignAppendix': {
      const number = documentNumber === '' ? agencyName : documentNumber;
      return { reason, appearance: { kind: 'annex', documentNumber: number }, marks: [`${number}; ${TIME}`] };
    }
    case 'SignCopy':
      return { reason, appearance: { kind: 'copy', agencyName }, marks: [`Sao y, ${agencyName}, ${TIME}`] };
    case 'SignIncome': {
      const lines = [
        agencyName,
        'CÔNG VĂN ĐẾN',
        ...(documentNumber === '' ? [] : [`Số: ${documentNumber}`]),
        ...(issuedOn === null ? [] : [`Ngày: ${issuedOn}`]),
      ];
      return { reason, appearance: { kind: 'annex', lines }, marks: lines };
    }
    case 'Comment': {
      const lines = (comment ?? '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .slice(0, 20);
      return lines.length === 0
        ? { reason, appearance: { kind: 'none' }, marks: [] }
        : { reason, appearance: { kind: 'personal', lines }, marks: lines };
    }
    case 'SignPDF':
    case 'SignPDFWP':
    case 'SignFile':
    case 'SignFiles':
      return { reason, appearance: { kind: 'none' }, marks: [] };
  }
}

/** `2026-11-21…` as `21/11/2026`; what a page wrote in words stays; nothing stays nothing. */
function dayOf(issuedOn: string): string | null {
  if (issuedOn === '') return null;
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:T|$)/.exec(issuedOn) ?? [];
  return year === undefined ? issuedOn : `${day}/${month}/${year}`;
}
