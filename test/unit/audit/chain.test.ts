import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainEntry, GENESIS, verifyChain, type AuditEntry } from '../../../main/audit/chain.ts';

function chainOf(kinds: readonly string[]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const kind of kinds) {
    const last = entries.at(-1) ?? { seq: 0, hash: GENESIS };
    entries.push(
      chainEntry(last, {
        at: '2026-11-20T09:10:00+07:00',
        kind,
        officerId: 'a',
        dossierId: null,
        data: { n: entries.length },
      }),
    );
  }
  return entries;
}
const headOf = (entries: readonly AuditEntry[]) => ({ seq: entries.length, hash: entries.at(-1)?.hash ?? GENESIS });
const anyChain = fc.array(fc.string(), { minLength: 2, maxLength: 30 }).map(chainOf);

describe('the audit chain', () => {
  test('verifies as it was written', () => {
    fc.assert(
      fc.property(anyChain, (entries) => {
        expect(verifyChain(entries, headOf(entries))).toEqual({
          entries: entries.length,
          head: entries.at(-1)?.hash,
          firstBadSeq: null,
        });
      }),
    );
  });

  test('names the first entry that was changed, removed or put elsewhere', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), fc.constantFrom('change', 'remove', 'swap'), (entries, pick, how) => {
        const index = pick % (entries.length - 1);
        const forged = entries.map((entry) => ({ ...entry }));
        if (how === 'change') (forged[index] as { event: string }).event += ' ';
        if (how === 'remove') forged.splice(index, 1);
        if (how === 'swap') forged.splice(index, 2, forged[index + 1] as AuditEntry, forged[index] as AuditEntry);
        expect(verifyChain(forged, headOf(entries)).firstBadSeq).toBe(index + 1);
      }),
    );
  });

  test('misses its end when the end was cut off', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), (entries, pick) => {
        const kept = entries.slice(0, pick % entries.length);
        expect(verifyChain(kept, headOf(entries)).firstBadSeq).toBe(kept.length + 1);
      }),
    );
  });
});
