/**
 * @file A decision for practice mode, laid out by NĐ 30/2020/NĐ-CP (phụ lục I: khổ giấy, thể thức quyết định), so that
 * the signing officer has results to sign. It says on its face that it is practice and has no legal value.
 */
import type { Dossier } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import type { BlockInput, Form, Run } from './form-model.ts';
import { agencyHead, nationalHead } from './letterhead.ts';
import { writeCount, writeDate, writeLongDate } from './wording.ts';

export interface PracticeResultContext {
  readonly agencyName: string;
  readonly parentAgencyName: string;
  readonly placeName: string;
  /** Left open for the signature's own name when it is not known yet who will sign. */
  readonly signerName?: string;
  /** As printed above the name; several lines for `KT. CHỦ TỊCH`. `CHỦ TỊCH` when nothing is said. */
  readonly signerTitle?: string;
  /** Running number of the decision; the receipt's number when nothing is said. */
  readonly number?: number;
  /** ISO 8601. */
  readonly issuedAt: string;
}

const PRACTICE_RED = [0.75, 0.1, 0.1] as [number, number, number];
const BODY_PT = 13;

/** @throws Failure `draft-incomplete` when nobody applies or nothing is applied for. */
export function buildPracticeResultForm(dossier: Dossier, context: PracticeResultContext): Form {
  const { applicant, procedure } = dossier;
  if (!applicant || !procedure) throw new Failure('draft-incomplete', 'a decision needs an applicant and a procedure');
  const year = writeDate(context.issuedAt).slice(-4);
  const number = `${writeCount(context.number ?? dossier.receipt?.number ?? 1)}/QĐ-LT`;
  const signerTitle = (context.signerTitle ?? 'Chủ tịch').toLocaleUpperCase('vi');
  const result = procedure.results[0]?.name ?? 'kết quả giải quyết thủ tục hành chính';
  const code = dossier.code ?? '';
  const idNumber = applicant.idNumber ?? applicant.oldIdNumber;
  const subject = `Về việc giải quyết hồ sơ ${code}`.trim();
  const person = `${applicant.kind === 'person' ? 'ông (bà)' : 'tổ chức'} ${applicant.fullName}`;
  const blocks: BlockInput[] = [
    {
      kind: 'notice',
      colour: PRACTICE_RED,
      sizePt: 11,
      afterPt: 8,
      runs: [{ text: 'BẢN LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ', style: 'bold' }],
    },
    {
      kind: 'columns',
      gapPt: 8,
      columns: [
        { share: 42, blocks: [...agencyHead(context, 11.5), centred([{ text: `Số: ${number}` }], 12, 4)] },
        {
          share: 58,
          blocks: [
            ...nationalHead(11.5),
            centred([{ text: `${context.placeName}, ${writeLongDate(context.issuedAt)}`, style: 'italic' }], 12, 4),
          ],
        },
      ],
    },
    centred([{ text: 'QUYẾT ĐỊNH', style: 'bold' }], 14, 22),
    centred([{ text: subject, style: 'bold' }], BODY_PT, 2),
    { kind: 'rule', share: 0.28, thicknessPt: 0.7, beforePt: 2, afterPt: 10 },
    centred([{ text: context.agencyName.toLocaleUpperCase('vi'), style: 'bold' }], BODY_PT, 0, 8),
    ground('Căn cứ Luật Tổ chức chính quyền địa phương;'),
    ground(
      'Căn cứ Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ về thực hiện thủ tục hành chính theo cơ chế một cửa, một cửa liên thông;',
    ),
    ground(
      dossier.receivedAt
        ? `Xét hồ sơ mã số ${code} tiếp nhận ngày ${writeDate(dossier.receivedAt)} của ${person}.`
        : `Xét hồ sơ mã số ${code} của ${person}.`,
    ),
    centred([{ text: 'QUYẾT ĐỊNH:', style: 'bold' }], BODY_PT, 8, 6),
    article(
      1,
      `Giải quyết thủ tục hành chính “${procedure.name}” (mã thủ tục ${procedure.code}) cho ${person}${idNumber ? `, số định danh ${idNumber}` : ''}${applicant.address ? `, địa chỉ: ${applicant.address}` : ''}.`,
    ),
    article(2, `Kết quả giải quyết: ${result}.`),
    article(
      3,
      `Quyết định này được lập để luyện tập trên phần mềm, không có giá trị pháp lý. Bộ phận Một cửa và ${person} thực hành theo Quyết định này.`,
    ),
    {
      kind: 'signatures',
      beforePt: 22,
      gapPt: 82,
      sizePt: BODY_PT,
      columns: [
        {
          titleLines: [],
          share: 45,
          align: 'left',
          runs: [
            [{ text: 'Nơi nhận:', style: 'bold', sizePt: 12 }],
            [{ text: '- Như Điều 3;', sizePt: 11 }],
            [{ text: `- Lưu: VT, hồ sơ ${code}.`, sizePt: 11 }],
          ],
        },
        { titleLines: signerTitle.split('\n'), name: context.signerName ?? '', share: 55 },
      ],
    },
  ];
  return {
    paper: 'A4',
    marginsMm: { top: 20, right: 15, bottom: 20, left: 30 },
    sizePt: BODY_PT,
    title: `Quyết định ${number} (luyện tập)`,
    metadata: {
      documentType: 'Quyết định (luyện tập)',
      documentNumber: `${number}`,
      issuedYear: year,
      dossierCode: code,
      procedureCode: procedure.code,
      agency: context.agencyName,
      signer: context.signerName ?? '',
    },
    createdAt: context.issuedAt,
    runningTitle: `Quyết định ${number}`,
    backdrop: 'LUYỆN TẬP',
    blocks,
  };
}

function centred(
  runs: Run[],
  sizePt: number,
  beforePt: number,
  afterPt = 0,
): Extract<BlockInput, { kind: 'paragraph' }> {
  return { kind: 'paragraph', align: 'center', sizePt, beforePt, afterPt, runs };
}

function ground(text: string): BlockInput {
  return {
    kind: 'paragraph',
    align: 'justify',
    firstIndentPt: 28,
    afterPt: 5,
    lineHeight: 1.25,
    runs: [{ text, style: 'italic' }],
  };
}

function article(number: number, text: string): BlockInput {
  const runs: Run[] = [{ text: `Điều ${number}.`, style: 'bold' }, { text: ` ${text}` }];
  return { kind: 'paragraph', align: 'justify', firstIndentPt: 28, afterPt: 6, lineHeight: 1.3, runs };
}
