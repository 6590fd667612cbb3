/** @file Chains alone, without asking about revocation: what can be said before any evidence is at hand. */
import { readPemCertificates } from '../certificate.ts';
import { Failure } from '../../rooms/failure.ts';
import { NO_EVIDENCE, type CertificateValidator } from '../validation/evidence.ts';
import type { ValidationPolicy } from '../validation/policy.ts';
import { checkTrust } from '../validation/trust.ts';

/** @throws Failure `bad-request` for roots that cannot be read */
export function chainOnlyValidator(policy: ValidationPolicy): CertificateValidator {
  const read = (pems: readonly string[]) => {
    try {
      return pems.flatMap(readPemCertificates);
    } catch (cause) {
      throw new Failure('bad-request', 'a trusted root is not a certificate', { cause });
    }
  };
  const roots = read(policy.trustedRoots);
  const stampRoots = [...roots, ...read(policy.timeStampRoots)];
  return {
    async validate({ certificate, pool, purpose, provenAtMs, claimedAtMs, nowMs }) {
      const at = provenAtMs < nowMs ? provenAtMs : (claimedAtMs ?? nowMs);
      const anchors = purpose === 'time-stamping' ? stampRoots : roots;
      const { trust, chain, reasons } = checkTrust(certificate, pool, anchors, at, provenAtMs);
      return {
        trust,
        chain,
        revocation: 'not-checked',
        revokedAtMs: null,
        evidence: NO_EVIDENCE,
        reasons: [...reasons, 'Chưa kiểm tra tình trạng thu hồi của chứng thư (xác minh ngoại tuyến).'],
      };
    },
  };
}
