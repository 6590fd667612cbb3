/**
 * @file Mẫu 01 "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" (TT 03/2025/TT-VPCP, phụ lục I), A5. The numbers in the
 * comments are the items of the form in their order; a test holds them to it.
 */
import type { Dossier } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import type { BlockInput, Form, Run, SimpleBlockInput } from './form-model.ts';
import { agencyHead, nationalHead } from './letterhead.ts';
import { writeCount, writeLegalTime, writeLongDate, writeMoment, writeMoney, writePaperForm } from './wording.ts';

export interface ReceiptContext {
  readonly agencyName: string;
  readonly parentAgencyName: string;
  readonly counterName: string;
  /** Địa danh of the date line. */
  readonly placeName: string;
  readonly officerName: string;
  /** For questions; empty when there is none. */
  readonly phone: string;
}

export const RECEIPT_TITLE = 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả';
export const PROVISIONAL_NOTICE = 'mã tạm – mã chính thức sẽ có khi hệ thống tỉnh tiếp nhận';

const QR_MM = 20;
const SIZE_PT = 10;
const HEAD_PT = 8.4;

/** @throws Failure `draft-incomplete` before the dossier has a receipt number, an applicant and a procedure. */
export function buildReceiptForm(dossier: Dossier, context: ReceiptContext): Form {
  const { receipt, applicant, procedure } = dossier;
  if (!receipt || !applicant || !procedure)
    throw new Failure('draft-incomplete', 'the receipt is made after reception');
  const code = dossier.code ?? '';
  const blocks: BlockInput[] = [
    ...head(dossier, context, receipt.number, receipt.receivedAt), // (1)–(5)
    {
      kind: 'paragraph',
      align: 'center',
      sizePt: 12.5,
      beforePt: 5,
      runs: [{ text: 'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ', style: 'bold' }],
    }, // (6)
    ...(dossier.isCodeProvisional ? [provisionalNotice()] : []),
    field('Bộ phận tiếp nhận và trả kết quả', context.counterName, { beforePt: 3 }), // (7)
    field('Tiếp nhận hồ sơ của', applicant.fullName, { isStrong: true }), // (8)
    field(
      applicant.kind === 'person' ? 'Số định danh cá nhân/Số CMND' : 'Mã số thuế/Mã số doanh nghiệp',
      applicant.idNumber ?? applicant.oldIdNumber,
    ), // (9)
    field('Địa chỉ', applicant.address), // (10)
    field('Số điện thoại', applicant.phone), // (11)
    field('Email', applicant.email), // (12)
    field('Nội dung yêu cầu giải quyết', `${procedure.name} (mã thủ tục: ${procedure.code})`), // (13)
    field('1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ gồm', '', { beforePt: 1, keepWithNext: true }), // (14)
    componentTable(dossier),
    field('2. Số lượng hồ sơ', '01 (bộ)'), // (15)
    field('3. Thời gian giải quyết hồ sơ theo quy định là', writeLegalTime(procedure.time)), // (16)
    field('4. Thời gian nhận hồ sơ', writeMoment(receipt.receivedAt)), // (17)
    field('5. Thời gian trả kết quả giải quyết hồ sơ', writeMoment(receipt.dueAt), { isStrong: true }), // (18)
    field('6. Đăng ký nhận kết quả tại', describeReturn(dossier, context)), // (19)
    field('Phí, lệ phí (nếu có)', describeFee(dossier.feeVnd)), // (20)
    field('Vào Sổ theo dõi hồ sơ, Quyển số', `${writeCount(receipt.book)}; Số thứ tự: ${writeCount(receipt.number)}`), // (21)
    {
      kind: 'signatures', // (22)
      gapPt: 34,
      beforePt: 7,
      columns: [
        { titleLines: ['NGƯỜI NỘP HỒ SƠ'], remark: '(Ký và ghi rõ họ tên)', name: applicant.fullName },
        { titleLines: ['NGƯỜI TIẾP NHẬN HỒ SƠ'], remark: '(Ký và ghi rõ họ tên)', name: context.officerName },
      ],
    },
    note(context), // (23)
  ];
  return {
    paper: 'A5',
    marginsMm: { top: 8, right: 9, bottom: 8, left: 11 },
    sizePt: SIZE_PT,
    title: `${RECEIPT_TITLE}${code ? ` – ${code}` : ''}`,
    metadata: {
      documentType: RECEIPT_TITLE,
      dossierCode: code,
      isProvisionalCode: dossier.isCodeProvisional ? 'true' : 'false',
      procedureCode: procedure.code,
      ownerIdNumber: applicant.idNumber ?? '',
      agency: context.agencyName,
      officer: context.officerName,
    },
    createdAt: receipt.receivedAt,
    runningTitle: `${RECEIPT_TITLE}${code ? ` – ${code}` : ''}`,
    backdrop: null,
    blocks,
  };
}

/** What a scanner at another counter reads: mã số hồ sơ, mã TTHC, số định danh, tên giấy tờ (TT 01/2023/TT-VPCP). */
export function writeReceiptQr(dossier: Dossier): string {
  return [dossier.code, dossier.procedure?.code, dossier.applicant?.idNumber, RECEIPT_TITLE]
    .map((part) => part ?? '')
    .join('|');
}

function head(dossier: Dossier, context: ReceiptContext, number: number, receivedAt: string): BlockInput[] {
  const code: Run[] = [
    { text: 'Mã hồ sơ: ' },
    dossier.code === null ? { text: '', leader: true } : { text: dossier.code, style: 'bold' },
  ];
  if (dossier.isCodeProvisional) code.push({ text: ' (mã tạm)', style: 'italic' });
  return [
    {
      kind: 'paragraph',
      align: 'right',
      sizePt: 7.5,
      afterPt: 2,
      runs: [{ text: '(Chữ ký số của cơ quan, tổ chức – nếu là bản điện tử)', style: 'italic' }],
    },
    {
      kind: 'columns',
      gapPt: 8,
      columns: [
        { share: QR_MM + 0.5, blocks: [{ kind: 'qr', text: writeReceiptQr(dossier), sizeMm: QR_MM }] },
        { share: 38, blocks: agencyHead(context, HEAD_PT) },
        { share: 64, blocks: nationalHead(HEAD_PT) },
      ],
    },
    {
      kind: 'columns',
      gapPt: 8,
      columns: [
        { share: 60, blocks: [line([{ text: `Số: ${writeCount(number)}/TNHS` }], 'left', 4), line(code)] },
        {
          share: 64,
          blocks: [
            line([{ text: `${context.placeName}, ${writeLongDate(receivedAt)}`, style: 'italic' }], 'center', 4),
          ],
        },
      ],
    },
  ];
}

function line(runs: Run[], align: 'left' | 'center' = 'left', beforePt = 1): SimpleBlockInput {
  return { kind: 'paragraph', beforePt, align, runs };
}

function provisionalNotice(): BlockInput {
  return { kind: 'notice', sizePt: 9, runs: [{ text: PROVISIONAL_NOTICE, style: 'bold' }], beforePt: 3, afterPt: 0 };
}

/** A label and its value; without a value the line is left open for the pen. */
function field(
  label: string,
  value: string | null,
  options: { readonly isStrong?: boolean; readonly beforePt?: number; readonly keepWithNext?: boolean } = {},
): BlockInput {
  const text = value?.trim();
  const shown: Run = text ? { text, style: options.isStrong ? 'bold' : 'regular' } : { text: '', leader: value !== '' };
  return {
    kind: 'paragraph',
    beforePt: options.beforePt ?? 0,
    keepWithNext: options.keepWithNext ?? false,
    runs: [{ text: value === '' ? `${label}:` : `${label}: ` }, shown],
  };
}

function componentTable(dossier: Dossier): BlockInput {
  const handedIn = dossier.checklist.filter((item) => item.form !== null);
  const cell = (text: string): Run[] => [{ text }];
  const rows = handedIn.map((item, index) => [
    cell(String(index + 1)),
    cell(item.note ? `${item.component.name} (${item.note})` : item.component.name),
    cell(item.form === null ? '' : writePaperForm(item.form)),
    cell(item.form === 'replaced-by-data' ? '–' : writeCount(item.quantity)),
  ]);
  const bold = (text: string): Run[] => [{ text, style: 'bold' }];
  return {
    kind: 'table',
    sizePt: 9.3,
    beforePt: 2,
    afterPt: 2,
    columns: [
      { share: 10, align: 'center' },
      { share: 73 },
      { share: 28, align: 'center' },
      { share: 17, align: 'center' },
    ],
    header: [bold('STT'), bold('Tên giấy tờ'), bold('Hình thức'), bold('Số lượng')],
    rows: rows.length > 0 ? rows : [[cell(''), cell('Không có giấy tờ kèm theo'), cell(''), cell('')]],
  };
}

function describeReturn(dossier: Dossier, context: ReceiptContext): string {
  switch (dossier.returnMethod) {
    case 'counter':
      return `${context.counterName}, ${context.agencyName}`;
    case 'post':
      return 'địa chỉ nêu trên, qua dịch vụ bưu chính công ích';
    case 'online':
      return 'tài khoản định danh điện tử (bản điện tử, nhận trực tuyến)';
  }
}

/** A fee that is not published is not "free": the line stays open. */
function describeFee(feeVnd: number | null): string | null {
  if (feeVnd === null) return null;
  return feeVnd === 0 ? 'không thu' : writeMoney(feeVnd);
}

function note(context: ReceiptContext): BlockInput {
  const contact = context.phone.trim() ? ` Liên hệ khi cần: ${context.phone.trim()}.` : '';
  return {
    kind: 'paragraph',
    sizePt: 8.4,
    beforePt: 6,
    align: 'justify',
    lineHeight: 1.15,
    runs: [
      { text: 'Ghi chú: ', style: 'bold' },
      {
        text:
          'Giấy này được lập thành 02 liên: một liên giao cho người nộp hồ sơ, một liên chuyển kèm theo Phiếu kiểm soát quá trình ' +
          `giải quyết hồ sơ. Khi đến nhận kết quả, đề nghị mang theo giấy này.${contact}`,
        style: 'italic',
      },
    ],
  };
}
