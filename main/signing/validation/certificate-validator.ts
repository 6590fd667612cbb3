/**
 * @file The answer about one certificate at one time: a chain to what the administrator trusts, and the status of every
 * certificate in it. What was used is handed back, so that a long-term file can carry it.
 */
import { Failure } from '../../rooms/failure.ts';
import { readCertificate, readPemCertificates, type Certificate } from '../certificate.ts';
import { explainMissing, type Chain } from './chain.ts';
import { judgeChain, judgePurposeOf, type ChainJudgement } from './chain-rules.ts';
import {
  NO_EVIDENCE,
  type CertificateAnswer,
  type CertificateQuestion,
  type CertificateValidator,
  type Evidence,
  type Revocation,
} from './evidence.ts';
import { createEvidenceSource } from './evidence-source.ts';
import { findChainsFetching } from './missing-issuers.ts';
import type { ValidationFetch, ValidationPolicy } from './policy.ts';
import { createRevocationCheck } from './revocation.ts';
import type { StatusAnswer } from './status-search.ts';
import type { ValidationCache } from './validation-cache.ts';

const MAX_EMBEDDED_CERTIFICATES = 500;
const WORST_FIRST: readonly Revocation[] = ['revoked', 'unknown', 'not-checked', 'good'];

/**
 * One for each batch: it asks for each thing once.
 * @param fetch null: nothing is fetched, as with `policy.isOffline`
 * @param cache null keeps answers in memory only
 * @throws Failure `bad-request` for roots that cannot be read
 */
export function createCertificateValidator(
  policy: ValidationPolicy,
  fetch: ValidationFetch | null,
  cache: ValidationCache | null,
): CertificateValidator {
  const roots = readAnchors(policy.trustedRoots);
  const stampRoots = [...roots, ...readAnchors(policy.timeStampRoots)];
  const source = createEvidenceSource(policy, fetch, cache);
  const revocation = createRevocationCheck(source, policy.allowsSha1Issuers);

  async function judge(
    chain: Chain,
    judgement: ChainJudgement,
    question: CertificateQuestion,
  ): Promise<CertificateAnswer> {
    const links = chain.slice(0, -1);
    // A chain that does not count makes no requests: nobody vouches for the addresses in it.
    const mayAsk = judgement.trust !== 'untrusted';
    const statuses = mayAsk
      ? await Promise.all(
          links.map((certificate, index) =>
            revocation.statusOf({
              certificate,
              issuer: chain[index + 1] as Certificate,
              pool: question.pool,
              provenAtMs: question.provenAtMs,
              nowMs: question.nowMs,
              embedded: question.embedded,
            }),
          ),
        )
      : [];
    return combine(chain, judgement, statuses);
  }

  return {
    async validate(asked) {
      const anchors = asked.purpose === 'time-stamping' ? stampRoots : roots;
      const pool = [...asked.pool, ...readEmbedded(asked.embedded)];
      const question: CertificateQuestion = { ...asked, pool };
      const purpose = judgePurposeOf(asked.certificate, asked.purpose);
      if (purpose.trust === 'untrusted') return withoutChain(asked.certificate, purpose.reasons);
      const { search, reasons } = await findChainsFetching(asked.certificate, pool, anchors, {
        source,
        policy,
        nowMs: asked.nowMs,
      });
      if (search.chains.length === 0)
        return withoutChain(asked.certificate, [...explainMissing(search, anchors), ...reasons], search.furthest);
      const judged = search.chains
        .map((chain) => ({ chain, judgement: judgeChain(chain, asked, policy.allowsSha1Issuers) }))
        .sort((a, b) => rank(a.judgement.trust) - rank(b.judgement.trust));
      let best: CertificateAnswer | null = null;
      for (const { chain, judgement } of judged) {
        const answer = await judge(chain, judgement, question);
        if (best === null || isBetter(answer, best)) best = answer;
        if (best.trust === 'trusted' && best.revocation === 'good') break;
      }
      return best ?? withoutChain(asked.certificate, []);
    },
  };
}

function combine(chain: Chain, judgement: ChainJudgement, statuses: readonly StatusAnswer[]): CertificateAnswer {
  const revocation =
    WORST_FIRST.find((state) => statuses.some((status) => status.revocation === state)) ?? 'not-checked';
  const revokedAt = statuses.flatMap(({ revokedAtMs }) => (revokedAtMs === null ? [] : [revokedAtMs]));
  let { trust } = judgement;
  if (revocation === 'revoked') trust = 'untrusted';
  else if (trust === 'trusted' && statuses.some(({ isClockOff }) => isClockOff)) trust = 'indeterminate';
  return {
    trust,
    chain,
    revocation,
    revokedAtMs: revokedAt.length > 0 ? Math.min(...revokedAt) : null,
    evidence: merge([
      { ...NO_EVIDENCE, certificates: chain.map(({ der }) => der) },
      ...statuses.map(({ evidence }) => evidence),
    ]),
    reasons: [...judgement.reasons, ...statuses.flatMap(({ reasons }) => reasons)],
  };
}

function withoutChain(certificate: Certificate, reasons: readonly string[], furthest: Chain = []): CertificateAnswer {
  const chain = furthest.length > 0 ? furthest : [certificate];
  return {
    trust: 'untrusted',
    chain,
    revocation: 'not-checked',
    revokedAtMs: null,
    evidence: { ...NO_EVIDENCE, certificates: chain.map(({ der }) => der) },
    reasons,
  };
}

function rank(trust: ChainJudgement['trust']): number {
  return ['trusted', 'indeterminate', 'untrusted'].indexOf(trust);
}

function isBetter(left: CertificateAnswer, right: CertificateAnswer): boolean {
  const difference = rank(left.trust) - rank(right.trust);
  return (
    difference < 0 || (difference === 0 && WORST_FIRST.indexOf(left.revocation) > WORST_FIRST.indexOf(right.revocation))
  );
}

function merge(all: readonly Evidence[]): Evidence {
  const distinct = (values: readonly Buffer[]): Buffer[] => [
    ...new Map(values.map((value) => [value.toString('latin1'), value])).values(),
  ];
  return {
    certificates: distinct(all.flatMap(({ certificates }) => certificates)),
    ocspResponses: distinct(all.flatMap(({ ocspResponses }) => ocspResponses)),
    revocationLists: distinct(all.flatMap(({ revocationLists }) => revocationLists)),
  };
}

function readAnchors(pems: readonly string[]): Certificate[] {
  try {
    return pems.flatMap(readPemCertificates);
  } catch (cause) {
    throw new Failure('bad-request', 'a trusted root is not a certificate', { cause });
  }
}

/** Strangers' bytes: what is no certificate helps nobody and harms nothing. Read once, for every signature of a file asks. */
const alreadyRead = new WeakMap<Buffer, Certificate | 'unreadable'>();

function readEmbedded({ certificates }: Evidence): Certificate[] {
  return certificates.slice(0, MAX_EMBEDDED_CERTIFICATES).flatMap((der) => {
    const certificate = alreadyRead.get(der) ?? readOrNot(der);
    alreadyRead.set(der, certificate);
    return certificate === 'unreadable' ? [] : [certificate];
  });
}

function readOrNot(der: Buffer): Certificate | 'unreadable' {
  try {
    return readCertificate(der);
  } catch {
    return 'unreadable';
  }
}
