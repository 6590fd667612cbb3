/**
 * @file Time-stamp authorities that somebody named without naming their roots: whoever names an address accepts its stamps,
 * so that the level does not fail for want of a file. Whoever verifies decides about trust anew.
 */
import { createHash, randomBytes } from 'node:crypto';
import { sparingSilentHosts } from '../counter/silent-hosts.ts';
import { validationFetch } from '../counter/validation-fetch.ts';
import { Failure } from '../rooms/failure.ts';
import { isIssuedBy, orderChain, readPemCertificates } from '../signing/certificate.ts';
import type { TimeStampAuthority } from '../signing/validation/policy.ts';
import { checkTimeStamp, requestTimeStamp } from '../signing/validation/time-stamp.ts';
import { nodeMachine } from './node-machine.ts';
import { say, type Where } from './output.ts';

/**
 * PEM of the topmost certificate each authority sends with a stamp; nothing of those that lead to `known` roots by themselves
 * or do not answer.
 */
export async function rootsOfNamedAuthorities(
  where: Where,
  authorities: readonly TimeStampAuthority[],
  known: readonly string[],
): Promise<string[]> {
  const knownRoots = known.flatMap(readPemCertificates);
  const fetch = sparingSilentHosts(validationFetch(nodeMachine(where).fetch));
  const roots = await Promise.all(
    authorities.map(async (authority) => {
      try {
        const digest = createHash('sha256').update(randomBytes(32)).digest();
        const { token } = await requestTimeStamp(fetch, [authority], digest);
        const check = checkTimeStamp(token, (algorithm) => (algorithm === 'sha256' ? digest : Buffer.alloc(0)));
        const top = check.authority ? orderChain(check.authority, check.certificates).at(-1) : undefined;
        if (!top || knownRoots.some((root) => root.der.equals(top.der) || isIssuedBy(top, root))) return [];
        say(`Không có --tsa-trust: nhận dấu thời gian của ${authority.url} theo chứng thư "${top.commonName}" nó gửi.`);
        return [top.x509.toString()];
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        return []; // said of each file when it is stamped
      }
    }),
  );
  return roots.flat();
}
