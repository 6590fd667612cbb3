/**
 * @file The report of a verification in plain Vietnamese: who signed and when, what is covered, what happened after, what could
 * not be checked and why. The window, the command line and the printed page say the same sentences.
 */
import type { SignatureReport, VerificationResult, Verdict } from './report.ts';

export interface DescribedVerification {
  /** About the file as a whole; the first is the verdict. */
  readonly statements: readonly string[];
  /** In the order of the result's signatures. */
  readonly signatures: readonly { readonly title: string; readonly statements: readonly string[] }[];
}

/** A verdict in two or three words, for a table. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  valid: 'Hợp lệ',
  altered: 'Đã bị thay đổi sau khi ký',
  broken: 'Chữ ký sai',
  untrusted: 'Chưa tin cậy được người ký',
  indeterminate: 'Chưa kết luận được',
  unreadable: 'Không đọc được',
  unsigned: 'Không có chữ ký',
};

export function describeVerification(result: VerificationResult): DescribedVerification {
  return {
    statements: [fileVerdict(result), ...result.reasons],
    signatures: result.signatures.map((signature) => ({
      title: titleOf(signature),
      statements: describeSignature(signature),
    })),
  };
}

function fileVerdict({ verdict, signatures }: VerificationResult): string {
  const count = signatures.filter(({ kind }) => kind !== 'time-stamp').length;
  switch (verdict) {
    case 'valid':
      return count === 0
        ? 'Tệp chỉ có dấu thời gian, và dấu thời gian hợp lệ.'
        : `Tệp hợp lệ: ${count === 1 ? 'chữ ký đúng' : `cả ${count} chữ ký đều đúng`}, nội dung còn nguyên như khi ký, người ký được chứng thư gốc tin cậy xác nhận.`;
    case 'altered':
      return 'Tệp đã bị thay đổi sau khi ký: nội dung đang hiển thị có thể khác nội dung đã ký. Không dùng tệp này.';
    case 'broken':
      return 'Chữ ký không đúng với nội dung tệp: tệp bị sửa, bị hỏng, hoặc chữ ký là giả. Không dùng tệp này.';
    case 'untrusted':
      return 'Nội dung chưa thấy bị sửa, nhưng không có căn cứ tin cậy để biết ai đã ký.';
    case 'indeterminate':
      return 'Chưa đủ căn cứ để kết luận tệp hợp lệ; xem lý do ở từng chữ ký.';
    case 'unreadable':
      return 'Tệp không đọc được nên không kiểm tra được chữ ký.';
    case 'unsigned':
      return 'Tệp không có chữ ký số.';
  }
}

const KIND_WORDS: Readonly<Record<SignatureReport['kind'], string>> = {
  signature: 'Chữ ký',
  certification: 'Chữ ký chứng nhận',
  'time-stamp': 'Dấu thời gian tài liệu',
};

function titleOf({ kind, field, signer }: SignatureReport): string {
  const name = signer === null ? '' : ` của ${signer}`;
  return `${KIND_WORDS[kind]} "${field}"${name}`;
}

function describeSignature(signature: SignatureReport): string[] {
  const statements = [
    `${VERDICT_WORDS[signature.verdict]}.`,
    ...who(signature),
    ...when(signature),
    ...covered(signature),
    ...later(signature),
    ...unchecked(signature),
    ...signature.reasons,
  ];
  return [...new Set(statements)];
}

function who({ signer, organisation, certificate, trust, trustedRoot, reason }: SignatureReport): string[] {
  if (signer === null || !certificate) return ['Không đọc được chứng thư của người ký.'];
  const from = organisation === null ? '' : ` (${organisation})`;
  const statements = [`Người ký: ${signer}${from}, theo chứng thư số ${certificate.serialNumber}.`];
  if (trust === 'trusted' && trustedRoot !== null)
    statements.push(`Được xác nhận bởi chứng thư gốc tin cậy "${trustedRoot}".`);
  if (reason !== null) statements.push(`Lý do ký ghi trong chữ ký: ${reason}.`);
  return statements;
}

function when({ kind, provenAt, provenBy, signedAt }: SignatureReport): string[] {
  if (provenAt !== null) {
    const what = kind === 'time-stamp' ? 'Dấu thời gian cấp lúc' : 'Chữ ký có trước';
    const by = provenBy === null || kind === 'time-stamp' ? '' : `, theo dấu thời gian của ${provenBy}`;
    const stated = kind !== 'time-stamp' && signedAt !== null ? [`Người ký ghi thời điểm ký ${spell(signedAt)}.`] : [];
    return [`${what} ${spell(provenAt)}${by}.`, ...stated];
  }
  if (signedAt === null) return [];
  return kind === 'time-stamp'
    ? [`Dấu thời gian ghi ${spell(signedAt)}, nhưng máy chủ cấp chưa được xác nhận là tin cậy.`]
    : [`Thời điểm ký ${spell(signedAt)} do người ký ghi, không có dấu thời gian chứng minh.`];
}

function covered({ coverage, integrity }: SignatureReport): string[] {
  if (integrity === 'broken') return [];
  switch (coverage) {
    case 'whole':
      return ['Bao trùm toàn bộ tệp.'];
    case 'revision':
      return ['Bao trùm toàn bộ tài liệu như khi ký; tệp có phần thêm sau đó.'];
    case 'none':
      return ['Không xác định được chữ ký bao trùm phần nào của tệp.'];
  }
}

function later({ changesAfter, areChangesAllowed, coverage }: SignatureReport): string[] {
  if (coverage === 'none') return [];
  switch (changesAfter) {
    case 'none':
      return coverage === 'whole' ? ['Không có thay đổi nào sau khi ký.'] : [];
    case 'validation-data':
      return ['Sau khi ký chỉ thêm dữ liệu xác minh hoặc dấu thời gian; nội dung không đổi.'];
    case 'form-filling':
      return areChangesAllowed ? ['Sau khi ký có thêm chữ ký hoặc điền biểu mẫu; nội dung trang không đổi.'] : [];
    case 'annotations':
      return ['Sau khi ký có chú thích hoặc hình được thêm lên trang.'];
    case 'other':
      return ['Sau khi ký tài liệu đã bị thay đổi ngoài những gì được phép.'];
  }
}

function unchecked({ revocation, revokedAt, trust, timestamp, integrity }: SignatureReport): string[] {
  if (integrity === 'broken' || trust === 'not-checked') return [];
  const statements: string[] = [];
  switch (revocation) {
    case 'good':
      statements.push('Chứng thư không bị thu hồi.');
      break;
    case 'revoked':
      statements.push(`Chứng thư đã bị thu hồi${revokedAt === null ? '' : ` từ ${spell(revokedAt)}`}.`);
      break;
    case 'unknown':
      statements.push('Không biết được chứng thư có bị thu hồi hay không.');
      break;
    case 'not-checked':
      statements.push('Chưa kiểm tra tình trạng thu hồi của chứng thư.');
  }
  if (timestamp === 'invalid') statements.push('Dấu thời gian kèm chữ ký không đúng.');
  if (timestamp === 'untrusted' || timestamp === 'indeterminate')
    statements.push('Dấu thời gian kèm chữ ký chưa đủ tin cậy nên không được dùng.');
  return statements;
}

/** `09:10:05 ngày 21/11/2026` of an ISO 8601 time with +07:00. */
function spell(iso: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(iso);
  return match ? `${match[4]} ngày ${match[3]}/${match[2]}/${match[1]}` : iso;
}
