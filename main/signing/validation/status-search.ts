/** @file What was gathered about one certificate's status: the best proof so far, and in Vietnamese why others were none. */
import type { Certificate } from '../certificate.ts';
import { NO_EVIDENCE, type Evidence, type Revocation } from './evidence.ts';
import { EvidenceRefused } from './signed-structure.ts';
import { CLOCK_LIMIT_MS, CLOCK_TOLERANCE_MS, judgeProof, revocationWord, type StatusProof } from './status-proof.ts';
import { minutesOf, vietnamTime } from './wording.ts';

export interface StatusQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly pool: readonly Certificate[];
  readonly provenAtMs: number;
  readonly nowMs: number;
  readonly embedded: Evidence;
}

export interface StatusAnswer {
  readonly revocation: Revocation;
  readonly revokedAtMs: number | null;
  /** Nothing could be concluded because two clocks disagree. */
  readonly isClockOff: boolean;
  readonly evidence: Evidence;
  readonly reasons: readonly string[];
}

/** Gathers what was tried for one certificate, and keeps the best proof. */
export class StatusSearch {
  readonly question: StatusQuestion;
  readonly #allowsSha1: boolean;
  #good: { readonly proof: StatusProof; readonly extra: readonly Certificate[]; readonly note: string | null } | null =
    null;
  #isAfterProvenTime = false;
  #revoked: { readonly proof: StatusProof; readonly extra: readonly Certificate[]; readonly atMs: number } | null =
    null;
  #isClockOff = false;
  #clockNote: string | null = null;
  #hasTried = false;
  readonly #failures: string[] = [];

  constructor(question: StatusQuestion, allowsSha1: boolean) {
    this.question = question;
    this.#allowsSha1 = allowsSha1;
  }

  /** Nothing that could still be asked would say more. */
  get isSettled(): boolean {
    return this.#revoked !== null || this.#isAfterProvenTime;
  }

  /** Something answers the question; embedded words from before the proven time alone do not, while others may be asked. */
  get hasProof(): boolean {
    return this.isSettled || this.#isFromStock;
  }
  #isFromStock = false;

  /** @returns whether it proves anything */
  consider(proof: StatusProof, extra: readonly Certificate[], source: string): boolean {
    const { certificate, provenAtMs, nowMs, embedded } = this.question;
    const verdict = judgeProof(proof, certificate, provenAtMs, nowMs);
    if (verdict.kind === 'revoked') {
      if (!this.#revoked || verdict.atMs < this.#revoked.atMs) this.#revoked = { proof, extra, atMs: verdict.atMs };
      return true;
    }
    if (verdict.kind === 'useless') {
      this.#isClockOff ||= verdict.isClock;
      this.#fail(source, verdict.why);
      return false;
    }
    if (proof.usesSha1 && !this.#allowsSha1) {
      this.#fail(source, 'được ký bằng SHA-1, không còn đủ an toàn');
      return false;
    }
    if (this.#good && this.#isAfterProvenTime && !verdict.isAfterProvenTime) return true;
    this.#good = { proof, extra, note: verdict.note };
    this.#isAfterProvenTime ||= verdict.isAfterProvenTime;
    const lists: readonly Buffer[] = [...embedded.ocspResponses, ...embedded.revocationLists];
    this.#isFromStock ||= !lists.includes(proof.bytes);
    return true;
  }

  /** An answer that carries our own nonce was made just now, so its time is that clock's. */
  compareClocks(producedAtMs: number): void {
    const difference = producedAtMs - this.question.nowMs;
    if (Math.abs(difference) <= CLOCK_TOLERANCE_MS || Math.abs(difference) > CLOCK_LIMIT_MS) return;
    this.#isClockOff = true;
    this.#clockNote =
      `Máy chủ OCSP vừa trả lời lúc ${vietnamTime(producedAtMs)}, ${difference > 0 ? 'muộn' : 'sớm'} hơn đồng hồ máy này ` +
      `${minutesOf(difference)}: kiểm tra lại ngày giờ của máy.`;
  }

  async trying(source: string, work: () => Promise<void>): Promise<void> {
    this.#hasTried = true;
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof EvidenceRefused)) throw cause;
      this.#fail(source, cause.message);
    }
  }

  explainSilence(isOnline: boolean): void {
    if (this.#good) return;
    const { ocspUrls, revocationListUrls } = this.question.certificate;
    if (ocspUrls.length + revocationListUrls.length === 0)
      this.#failures.push('chứng thư không ghi địa chỉ OCSP hoặc CRL');
    else if (!isOnline) this.#failures.push('máy đang ở chế độ ngoại tuyến');
  }

  answer(): StatusAnswer {
    const { certificate, issuer, provenAtMs } = this.question;
    const named = `"${certificate.commonName}" (số ${certificate.serialNumber})`;
    if (this.#revoked) {
      const { proof, extra, atMs } = this.#revoked;
      const reason =
        `Chứng thư ${named} đã bị ${revocationWord(proof.reason)} lúc ${vietnamTime(atMs)}; ` +
        `không có gì chứng minh chữ ký có trước lúc đó (thời điểm được chứng minh: ${vietnamTime(provenAtMs)}).`;
      return this.#result('revoked', atMs, [reason], evidenceOf(proof, extra, issuer));
    }
    if (this.#good) {
      const { proof, extra, note } = this.#good;
      const reasons = note === null ? [] : [note];
      if (this.#clockNote !== null) reasons.push(`Lưu ý: ${this.#clockNote}`);
      if (proof.usesSha1)
        reasons.push(`Lưu ý: tình trạng của chứng thư ${named} được ký bằng SHA-1 (đơn vị cho phép).`);
      return this.#result('good', null, reasons, evidenceOf(proof, extra, issuer));
    }
    const why = this.#failures.length > 0 ? this.#failures.join('; ') : 'không có dữ liệu';
    const reason = `Chưa biết chứng thư ${named} có bị thu hồi hay không: ${why}.`;
    const reasons = this.#clockNote === null ? [reason] : [reason, this.#clockNote];
    return this.#result(this.#hasTried ? 'unknown' : 'not-checked', null, reasons, NO_EVIDENCE);
  }

  #result(revocation: Revocation, revokedAtMs: number | null, reasons: string[], evidence: Evidence): StatusAnswer {
    const isClockOff = this.#isClockOff && revocation !== 'good' && revocation !== 'revoked';
    return { revocation, revokedAtMs, reasons, evidence, isClockOff };
  }

  #fail(source: string, why: string): void {
    const failure = `${source}: ${why}`;
    if (!this.#failures.includes(failure)) this.#failures.push(failure);
  }
}

function evidenceOf(proof: StatusProof, extra: readonly Certificate[], issuer: Certificate): Evidence {
  return {
    certificates: [...extra, issuer].map(({ der }) => der),
    ocspResponses: proof.kind === 'ocsp' ? [proof.bytes] : [],
    revocationLists: proof.kind === 'list' ? [proof.bytes] : [],
  };
}
