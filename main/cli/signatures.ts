/** @file `motcua sign` and `motcua verify`: one PIN for the whole list, one verdict for each file. */
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commonName } from '../../preload/certificate-name.ts';
import { Failure, toRefusal, unwrap } from '../rooms/failure.ts';
import { Supervisor } from '../rooms/supervisor.ts';
import { tokenRoom, type Token, type TokenRoom } from '../token/protocol.ts';
import type { Appearance } from '../signatures/protocol.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, say, sayFailure, type Where } from './output.ts';
import { withImaging, type Imaging } from './with-imaging.ts';

interface SignOptions {
  readonly outDir: string;
  readonly module?: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly pinEnv?: string;
  readonly p12?: string;
  readonly passwordEnv?: string;
  readonly level: string;
  readonly tsa?: string;
  readonly appearance: Appearance['kind'];
  readonly page?: string;
  readonly rect?: string;
  readonly image?: string;
  readonly report?: string;
}

interface FileOutcome {
  readonly file: string;
  readonly out: string | null;
  readonly ok: boolean;
  readonly code: string | null;
  readonly detail: string | null;
}

export function sign(where: Where) {
  return async (files: string[], options: SignOptions): Promise<number> => {
    if (options.level !== 'B-B' || options.tsa !== undefined)
      throw new Failure('bad-request', `level ${options.level} is not offered yet; only B-B`);
    const pinVariable = options.module !== undefined ? options.pinEnv : options.passwordEnv;
    const pin = pinVariable === undefined ? undefined : process.env[pinVariable];
    if (pin === undefined)
      throw new Failure('pin-cancelled', 'set --pin-env or --password-env to the name of an environment variable');
    const machine = nodeMachine(where);
    const room = new Supervisor(tokenRoom, {
      launch: machine.launch,
      onLog: machine.log,
      init: () => ({
        modules: options.module === undefined ? [] : [options.module],
        keyFiles:
          options.p12 === undefined ? [] : [{ path: options.p12, label: basename(options.p12), isPractice: false }],
      }),
    });
    try {
      const { id: tokenId, hasProtectedPath } = chooseToken(unwrap(await room.call('list', {})), options);
      unwrap(await room.call('login', { tokenId, pin: hasProtectedPath ? null : new TextEncoder().encode(pin) }));
      // Listed again: a key file shows its certificates only when it is open.
      const token = chooseToken(unwrap(await room.call('list', {})), { ...options, tokenId });
      const certificate = chooseCertificate(token, options);
      mkdirSync(options.outDir, { recursive: true });
      return await withImaging(where, 1, async (imaging) => {
        const outcomes: FileOutcome[] = [];
        for (const file of files) {
          const outcome = await signFile(imaging, room, token, certificate, file, options);
          outcomes.push(outcome);
          if (outcome.code !== null && (outcome.code.startsWith('token-') || outcome.code.startsWith('pin-'))) break;
        }
        if (options.report !== undefined) writeFileSync(options.report, JSON.stringify({ files: outcomes }, null, 2));
        const signed = outcomes.filter((outcome) => outcome.ok).length;
        if (signed === files.length) return EXIT.done;
        return signed > 0 ? EXIT.partly : EXIT.failed;
      });
    } finally {
      await room.stop();
    }
  };
}

function chooseToken(
  tokens: readonly Token[],
  { token, tokenId }: { readonly token?: string; readonly tokenId?: string },
): Token {
  const chosen = tokens.find(({ id, label }) =>
    tokenId === undefined ? token === undefined || label === token : id === tokenId,
  );
  if (!chosen) throw new Failure('token-missing', token);
  return chosen;
}

function chooseCertificate(token: Token, { certificate }: SignOptions): Token['certificates'][number] {
  const chosen = token.certificates.find((candidate) =>
    certificate === undefined
      ? candidate.canSign
      : [candidate.id, candidate.subject, commonName(candidate.subject)].includes(certificate),
  );
  if (!chosen) throw new Failure('certificate-missing', certificate);
  return chosen;
}

async function signFile(
  imaging: Imaging,
  room: Supervisor<TokenRoom>,
  token: Token,
  certificate: Token['certificates'][number],
  file: string,
  options: SignOptions,
): Promise<FileOutcome> {
  try {
    const { copy } = unwrap(await imaging.room.call('inspectPdf', { pdf: { path: file } }));
    if (!copy) throw new Failure('internal', 'inspectPdf of a path must answer a copy');
    const prepared = unwrap(
      await imaging.room.call('prepareSignature', {
        pdf: imaging.access(copy),
        certificates: certificate.der,
        signedAt: new Date().toISOString(),
        signerName: commonName(certificate.subject),
        reason: null,
        appearance: appearanceOf(options),
      }),
    );
    const { signature } = unwrap(
      await room.call('sign', { tokenId: token.id, certificateId: certificate.id, digest: prepared.digest }),
    );
    const finished = unwrap(
      await imaging.room.call('finishSignature', { draft: prepared.draft, state: prepared.state, signature }),
    );
    const out = join(options.outDir, basename(file));
    writeFileSync(out, await imaging.bytes(finished.pdf));
    say(`✔ ${out}`);
    return { file, out, ok: true, code: null, detail: null };
  } catch (thrown) {
    const { code, detail } = toRefusal(thrown);
    say(file);
    sayFailure(code, detail);
    return { file, out: null, ok: false, code, detail: detail ?? null };
  }
}

function appearanceOf(options: SignOptions): Appearance {
  const rect = options.rect?.split(',').map(Number);
  const [x, y, width, height] = rect ?? [];
  const hasRect =
    x !== undefined && y !== undefined && width !== undefined && height !== undefined && rect?.every(Number.isFinite);
  if (options.rect !== undefined && !hasRect) throw new Failure('bad-request', '--rect X,Y,W,H');
  return {
    kind: options.appearance,
    ...(options.page === undefined ? {} : { page: Number(options.page) }),
    ...(hasRect ? { rect: [x, y, width, height] as [number, number, number, number] } : {}),
    ...(options.image === undefined ? {} : { image: readFileSync(options.image).toString('base64') }),
  };
}

interface VerifyOptions {
  readonly trust: string;
  readonly at?: string;
  readonly passwordEnv?: string;
  readonly report: string;
}

export function verify(where: Where) {
  return (files: string[], options: VerifyOptions): Promise<number> =>
    withImaging(where, 1, async (imaging) => {
      const trustedRoots = readRoots(options.trust);
      const password = options.passwordEnv === undefined ? undefined : process.env[options.passwordEnv];
      const reports: unknown[] = [];
      const verdicts = new Set<string>();
      for (const file of files) {
        const verified = await imaging.room.call('verifyPdf', {
          pdf: { path: file },
          trustedRoots,
          at: options.at ?? new Date().toISOString(),
          ...(password === undefined ? {} : { password }),
        });
        const verdict = verified.ok
          ? verified.value
          : { verdict: 'unreadable' as const, signatures: [], code: verified.code };
        reports.push({ file, ...verdict });
        verdicts.add(verdict.verdict);
        say(`${verdict.verdict}  ${file}`);
      }
      writeFileSync(options.report, JSON.stringify(reports, null, 2));
      if (verdicts.size === 1 && verdicts.has('valid')) return EXIT.done;
      return verdicts.has('indeterminate') &&
        !['altered', 'broken', 'untrusted', 'unreadable'].some((verdict) => verdicts.has(verdict))
        ? EXIT.partly
        : EXIT.failed;
    });
}

function readRoots(path: string): string[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.(pem|crt|cer)$/i.test(name))
        .map((name) => join(path, name))
    : [path];
  return files.map((file) => readFileSync(file, 'utf8'));
}
