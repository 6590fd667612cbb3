/**
 * @file "Phiếu kiểm tra chữ ký số": what the verification of a file found, on paper. It names the file by its SHA-256, so that
 * the page can be held against the file later; it is a finding of this counter and no certificate.
 */
import { describeVerification, VERDICT_WORDS } from '../signing/verification/describe.ts';
import type { SignatureReport, VerificationResult } from '../signing/verification/report.ts';
import type { BlockInput, Form, Run } from './form-model.ts';
import { agencyHead, nationalHead } from './letterhead.ts';
import { writeMoment } from './wording.ts';

export interface VerificationReportContext {
  readonly fileName: string;
  readonly result: VerificationResult;
  readonly agencyName: string;
  readonly parentAgencyName?: string;
}

export const VERIFICATION_REPORT_TITLE = 'Phiếu kiểm tra chữ ký số';

const SIZE_PT = 11;
const TABLE_PT = 9.5;
const RED: [number, number, number] = [0.75, 0.1, 0.1];
const GREEN: [number, number, number] = [0.05, 0.4, 0.15];
const AMBER: [number, number, number] = [0.6, 0.35, 0];
/** More signatures than these are summed up; a page list without end helps nobody. */
const MAX_DESCRIBED = 60;
const MAX_STATEMENTS = 25;
/** Names in a file are its author's choice: whatever they hold, they stay words on a line. */
const MAX_CHARACTERS = 600;

export function buildVerificationForm(context: VerificationReportContext): Form {
  const { result, fileName } = context;
  const described = describeVerification(result);
  const blocks: BlockInput[] = [
    {
      kind: 'columns',
      gapPt: 8,
      columns: [
        { share: 42, blocks: agencyHead({ parentAgencyName: context.parentAgencyName ?? '', ...context }, 11) },
        { share: 58, blocks: nationalHead(11) },
      ],
    },
    {
      kind: 'paragraph',
      align: 'center',
      sizePt: 14,
      beforePt: 16,
      afterPt: 8,
      runs: [{ text: VERIFICATION_REPORT_TITLE.toLocaleUpperCase('vi'), style: 'bold' }],
    },
    line('Tên tệp', fileName),
    line('SHA-256', result.sha256),
    line('Kích thước', `${String(result.sizeBytes).replace(/\B(?=(\d{3})+$)/g, '.')} byte`),
    line('Thời điểm kiểm tra', writeMoment(result.checkedAt)),
    line('Chứng thư gốc tin cậy đã xác nhận', rootsOf(result)),
    {
      kind: 'notice',
      colour: colourOf(result.verdict),
      sizePt: 12,
      beforePt: 6,
      afterPt: 6,
      runs: [{ text: `KẾT QUẢ: ${VERDICT_WORDS[result.verdict].toLocaleUpperCase('vi')}`, style: 'bold' }],
    },
    ...described.statements.map((text) => paragraph([{ text }], 2)),
  ];
  if (result.signatures.length > 0) blocks.push(table(result.signatures));
  for (const { title, statements } of described.signatures.slice(0, MAX_DESCRIBED)) {
    blocks.push({ ...paragraph([{ text: title, style: 'bold' }], 8), keepWithNext: true });
    blocks.push(
      ...statements.slice(0, MAX_STATEMENTS).map((text) => ({ ...paragraph([{ text: `– ${text}` }], 1), leftPt: 10 })),
    );
  }
  if (described.signatures.length > MAX_DESCRIBED)
    blocks.push(paragraph([{ text: `… và ${described.signatures.length - MAX_DESCRIBED} chữ ký khác.` }], 6));
  blocks.push(
    paragraph(
      [
        {
          text: 'Phiếu ghi lại kết quả kiểm tra của máy tại quầy vào thời điểm nêu trên, chỉ đúng với tệp có giá trị SHA-256 nêu trên.',
          style: 'italic',
        },
      ],
      12,
    ),
  );
  return {
    paper: 'A4',
    marginsMm: { top: 20, right: 15, bottom: 20, left: 25 },
    sizePt: SIZE_PT,
    title: plain(`${VERIFICATION_REPORT_TITLE} – ${fileName}`),
    metadata: {},
    createdAt: result.checkedAt,
    runningTitle: VERIFICATION_REPORT_TITLE,
    backdrop: null,
    blocks,
  };
}

function table(signatures: readonly SignatureReport[]): BlockInput {
  const cell = (text: string, style: Run['style'] = 'regular'): Run[] => [{ text: plain(text), style }];
  const header = ['TT', 'Người ký', 'Thời điểm', 'Mức', 'Kết quả'];
  return {
    kind: 'table',
    sizePt: TABLE_PT,
    beforePt: 8,
    afterPt: 4,
    columns: [
      { share: 6, align: 'center' },
      { share: 36 },
      { share: 24 },
      { share: 12, align: 'center' },
      { share: 22 },
    ],
    header: header.map((text) => cell(text, 'bold')),
    rows: signatures.map((signature, index) => [
      cell(String(index + 1)),
      cell([signature.signer ?? '(không rõ)', signature.organisation].filter(Boolean).join(', ')),
      cell(timeOf(signature)),
      cell(signature.level === 'time-stamp' ? 'dấu thời gian' : signature.level === 'basic' ? 'cũ' : signature.level),
      cell(VERDICT_WORDS[signature.verdict], 'bold'),
    ]),
  };
}

function timeOf({ provenAt, signedAt }: SignatureReport): string {
  if (provenAt !== null) return `${writeMoment(provenAt)} (có chứng minh)`;
  return signedAt === null ? 'không ghi' : `${writeMoment(signedAt)} (người ký ghi)`;
}

function rootsOf({ signatures }: VerificationResult): string {
  const roots = new Set(signatures.flatMap(({ trustedRoot }) => (trustedRoot === null ? [] : [trustedRoot])));
  return roots.size === 0 ? 'không có' : [...roots].join('; ');
}

function colourOf(verdict: VerificationResult['verdict']): [number, number, number] {
  switch (verdict) {
    case 'valid':
      return GREEN;
    case 'indeterminate':
    case 'untrusted':
    case 'unsigned':
      return AMBER;
    default:
      return RED;
  }
}

function line(label: string, value: string): BlockInput {
  return paragraph([{ text: `${label}: ` }, { text: value, style: 'bold' }], 2);
}

function paragraph(runs: Run[], beforePt: number): Extract<BlockInput, { kind: 'paragraph' }> {
  return { kind: 'paragraph', runs: runs.map((run) => ({ ...run, text: plain(run.text) })), beforePt };
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, MAX_CHARACTERS);
}
