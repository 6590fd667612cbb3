/**
 * @file What an OCSP answer or a revocation list proves about one certificate at one time. Both speak in the same terms here:
 * a status, since when, and how long the word stands (EN 319 102-1, 5.2.5 in the words of a counter).
 */
import type { Certificate } from '../certificate.ts';
import { minutesOf, vietnamTime } from './wording.ts';

export interface StatusProof {
  readonly kind: 'ocsp' | 'list';
  readonly bytes: Buffer;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAtMs: number | null;
  /** CRLReason (RFC 5280, 5.3.1). */
  readonly reason: number | null;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | null;
  /** Certificates that expired before this time may have been forgotten; null: all that have expired. */
  readonly remembersSinceMs: number | null;
  readonly usesSha1: boolean;
}

/** How far two clocks may be apart before somebody is told. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** Beyond this nobody's clock is slow: somebody asks about a day long ago. */
export const CLOCK_LIMIT_MS = 86_400_000;
/** An answer that names no end stands for a day. */
const DEFAULT_LIFE_MS = 86_400_000;

export type ProofVerdict =
  | { readonly kind: 'good'; readonly isAfterProvenTime: boolean; readonly note: string | null }
  | { readonly kind: 'revoked'; readonly atMs: number }
  /** Nothing follows from it for that time; `isClock` when the two clocks disagree. */
  | { readonly kind: 'useless'; readonly why: string; readonly isClock: boolean };

/** @param provenAtMs when the signature is known to have existed @param nowMs this machine's clock */
export function judgeProof(
  proof: StatusProof,
  certificate: Certificate,
  provenAtMs: number,
  nowMs: number,
): ProofVerdict {
  const source = proof.kind === 'ocsp' ? 'câu trả lời OCSP' : 'danh sách thu hồi (CRL)';
  const useless = (why: string, isClock = false): ProofVerdict => ({ kind: 'useless', why, isClock });
  if (proof.status === 'revoked' && proof.revokedAtMs !== null) {
    if (proof.revokedAtMs <= provenAtMs) return { kind: 'revoked', atMs: proof.revokedAtMs };
    const note =
      `Chứng thư "${certificate.commonName}" bị ${revocationWord(proof.reason)} lúc ${vietnamTime(proof.revokedAtMs)}, ` +
      `sau thời điểm được chứng minh của chữ ký (${vietnamTime(provenAtMs)}).`;
    return { kind: 'good', isAfterProvenTime: proof.thisUpdateMs >= provenAtMs - CLOCK_TOLERANCE_MS, note };
  }
  const ahead = proof.thisUpdateMs - nowMs;
  if (ahead > CLOCK_TOLERANCE_MS && ahead <= CLOCK_LIMIT_MS)
    return useless(
      `${source} ghi ${vietnamTime(proof.thisUpdateMs)}, muộn hơn đồng hồ máy này ` +
        `${minutesOf(ahead)}: đồng hồ máy này hoặc của nơi cấp bị sai`,
      true,
    );
  if (proof.status !== 'good') return useless('máy chủ OCSP không biết chứng thư này (unknown)');
  const endMs = proof.nextUpdateMs ?? proof.thisUpdateMs + DEFAULT_LIFE_MS;
  if (provenAtMs > endMs + CLOCK_TOLERANCE_MS)
    return useless(
      `${source} chỉ có giá trị từ ${vietnamTime(proof.thisUpdateMs)} đến ${vietnamTime(endMs)}, ` +
        `không phủ thời điểm cần kiểm tra ${vietnamTime(provenAtMs)}`,
    );
  const isForgotten = proof.thisUpdateMs > certificate.notAfter && !remembers(proof, certificate);
  if (isForgotten)
    return useless(
      `${source} lấy sau khi chứng thư hết hạn (${vietnamTime(certificate.notAfter)}), nơi cấp không bảo đảm còn lưu`,
    );
  return { kind: 'good', isAfterProvenTime: proof.thisUpdateMs >= provenAtMs - CLOCK_TOLERANCE_MS, note: null };
}

function remembers(proof: StatusProof, certificate: Certificate): boolean {
  return proof.remembersSinceMs !== null && proof.remembersSinceMs <= certificate.notAfter;
}

/** RFC 5280, 5.3.1, in an officer's words. */
export function revocationWord(reason: number | null): string {
  const cause = reason === null ? undefined : REASONS[reason];
  if (reason === 6) return 'tạm dừng';
  return cause === undefined ? 'thu hồi' : `thu hồi (${cause})`;
}
const REASONS: Readonly<Record<number, string>> = {
  1: 'lộ khóa',
  2: 'lộ khóa của nơi cấp',
  3: 'thay đổi thông tin người ký',
  4: 'đã được thay bằng chứng thư khác',
  5: 'ngừng sử dụng',
  9: 'bị rút quyền',
  10: 'lộ khóa',
};
