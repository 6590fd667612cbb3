/** @file Whether a chain counts at the time that is proven: purpose, dates, algorithms, what nobody understands. */
import { allowsDocumentSigning, allowsTimeStamping, type Certificate } from '../certificate.ts';
import type { Chain } from './chain.ts';
import type { CertificateQuestion } from './evidence.ts';
import { CLOCK_TOLERANCE_MS } from './status-proof.ts';
import { minutesOf, vietnamTime } from './wording.ts';

export interface ChainJudgement {
  readonly trust: 'trusted' | 'untrusted' | 'indeterminate';
  readonly reasons: readonly string[];
}

type Times = Pick<CertificateQuestion, 'provenAtMs' | 'claimedAtMs' | 'nowMs' | 'purpose'>;

/** A certificate not older than this is more likely to meet a slow clock than a forger. */
const YOUNG_MS = 86_400_000;
/** Programs that write local time as if it were UTC are seven hours ahead. */
const LOCAL_TIME_AS_UTC_MS = 7 * 3_600_000;

/** Collects opinions; the worst decides. */
class Opinion {
  trust: ChainJudgement['trust'] = 'trusted';
  readonly reasons: string[] = [];

  note(reason: string): void {
    this.reasons.push(reason);
  }

  doubt(reason: string): void {
    if (this.trust === 'trusted') this.trust = 'indeterminate';
    this.reasons.push(reason);
  }

  refuse(reason: string): void {
    this.trust = 'untrusted';
    this.reasons.push(reason);
  }
}

export function judgeChain(chain: Chain, times: Times, allowsSha1Issuers: boolean): ChainJudgement {
  const opinion = new Opinion();
  const [leaf] = chain;
  if (!leaf) throw new RangeError('a chain of no certificate');
  judgePurpose(leaf, times.purpose, opinion);
  for (const certificate of chain) judgeDates(certificate, times, opinion);
  judgeClaim(leaf, times, opinion);
  // What the anchor's own signature and extensions say does not matter: the administrator vouches for it (RFC 5280, 6.1.1).
  for (const certificate of chain.slice(0, -1)) {
    judgeAlgorithm(certificate, allowsSha1Issuers, opinion);
    judgeKey(certificate, opinion);
    if (certificate.unknownCritical.length > 0)
      opinion.refuse(
        `Chứng thư "${certificate.commonName}" có phần mở rộng bắt buộc chưa hỗ trợ (${certificate.unknownCritical.join(', ')}).`,
      );
  }
  return { trust: opinion.trust, reasons: opinion.reasons };
}

export function judgePurposeOf(certificate: Certificate, purpose: CertificateQuestion['purpose']): ChainJudgement {
  const opinion = new Opinion();
  judgePurpose(certificate, purpose, opinion);
  return opinion;
}

function judgePurpose(leaf: Certificate, purpose: CertificateQuestion['purpose'], opinion: Opinion): void {
  if (purpose === 'document-signing' && !allowsDocumentSigning(leaf))
    opinion.refuse(`Chứng thư "${leaf.commonName}" không được cấp để ký tài liệu (key usage).`);
  if (purpose === 'time-stamping' && !allowsTimeStamping(leaf))
    opinion.refuse(`Chứng thư "${leaf.commonName}" không được cấp riêng để đóng dấu thời gian (id-kp-timeStamping).`);
}

function judgeDates(certificate: Certificate, times: Times, opinion: Opinion): void {
  const { provenAtMs, claimedAtMs, nowMs } = times;
  const { commonName, notBefore, notAfter } = certificate;
  const life = `có hiệu lực từ ${vietnamTime(notBefore)} đến ${vietnamTime(notAfter)}`;
  if (provenAtMs < notBefore - CLOCK_TOLERANCE_MS) {
    const difference = notBefore - nowMs;
    if (provenAtMs >= nowMs && difference <= YOUNG_MS)
      opinion.doubt(
        `Chứng thư "${commonName}" ${life}, bắt đầu sau đồng hồ máy này ${minutesOf(difference)}: ` +
          'kiểm tra lại ngày giờ của máy.',
      );
    else opinion.refuse(`Chứng thư "${commonName}" ${life}, chưa có hiệu lực vào ${vietnamTime(provenAtMs)}.`);
    return;
  }
  if (provenAtMs <= notAfter) return;
  const isProven = provenAtMs < nowMs;
  if (isProven || (claimedAtMs !== null && claimedAtMs > notAfter))
    opinion.refuse(`Chứng thư "${commonName}" ${life}, đã hết hạn vào thời điểm ký.`);
  else
    opinion.doubt(
      `Chứng thư "${commonName}" ${life}, nay đã hết hạn, và không có dấu thời gian chứng minh tài liệu được ký trước khi hết hạn.`,
    );
}

/** What the signer states counts against the signer only where no time-stamp says better. */
function judgeClaim(leaf: Certificate, times: Times, opinion: Opinion): void {
  const { provenAtMs, claimedAtMs, nowMs } = times;
  if (provenAtMs > nowMs + CLOCK_TOLERANCE_MS)
    opinion.doubt(
      `Dấu thời gian ghi ${vietnamTime(provenAtMs)}, muộn hơn đồng hồ máy này ${minutesOf(provenAtMs - nowMs)}: ` +
        'đồng hồ máy này hoặc của máy chủ dấu thời gian bị sai.',
    );
  if (claimedAtMs === null) return;
  const isProven = provenAtMs < nowMs;
  const ahead = claimedAtMs - provenAtMs;
  if (ahead > CLOCK_TOLERANCE_MS) {
    const isLocalTime = Math.abs(ahead - LOCAL_TIME_AS_UTC_MS) <= CLOCK_TOLERANCE_MS;
    const cause = isLocalTime
      ? 'phần mềm ký có thể đã ghi giờ Việt Nam như giờ UTC'
      : 'đồng hồ của máy ký hoặc của máy này bị sai';
    const against = isProven ? 'dấu thời gian' : 'đồng hồ máy này';
    const reason = `Thời điểm ký ghi trong chữ ký (${vietnamTime(claimedAtMs)}) muộn hơn ${against} ${minutesOf(ahead)}: ${cause}.`;
    if (isProven) opinion.note(`Lưu ý: ${reason}`);
    else opinion.doubt(reason);
  }
  if (claimedAtMs < leaf.notBefore - CLOCK_TOLERANCE_MS) {
    const reason =
      `Thời điểm ký ghi trong chữ ký (${vietnamTime(claimedAtMs)}) trước khi chứng thư "${leaf.commonName}" ` +
      `có hiệu lực (${vietnamTime(leaf.notBefore)}).`;
    if (isProven) opinion.note(`Lưu ý: ${reason}`);
    else opinion.refuse(reason);
  }
}

function judgeAlgorithm(certificate: Certificate, allowsSha1Issuers: boolean, opinion: Opinion): void {
  const { commonName, signatureDigest, signatureOid } = certificate;
  if (signatureDigest === null)
    opinion.refuse(`Chứng thư "${commonName}" được ký bằng thuật toán ${signatureOid} không còn được chấp nhận.`);
  if (signatureDigest !== 'sha1') return;
  if (allowsSha1Issuers) opinion.note(`Lưu ý: chứng thư "${commonName}" được cấp bằng SHA-1 (đơn vị cho phép).`);
  else
    opinion.doubt(
      `Chứng thư "${commonName}" được cấp bằng SHA-1, không còn đủ an toàn; quản trị viên có thể cho phép SHA-1 ` +
        'đối với chứng thư nơi cấp của Chính phủ.',
    );
}

/** TT 15/2025/TT-BKHCN, PL I wants 2,048 bits; what is shorter than 1,024 has been factored in public. */
function judgeKey({ commonName, publicKey }: Certificate, opinion: Opinion): void {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || bits >= 2_048) return;
  const reason = `Khóa của chứng thư "${commonName}" chỉ dài ${bits} bit, ngắn hơn 2048 bit theo quy định.`;
  if (bits < 1_024) opinion.refuse(reason);
  else opinion.note(`Lưu ý: ${reason}`);
}
