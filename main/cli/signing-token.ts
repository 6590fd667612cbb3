/** @file The token a command signs with: chosen by name, opened with one PIN and one try. */
import { basename, resolve } from 'node:path';
import { commonName } from '../../preload/certificate-name.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { Supervisor } from '../rooms/supervisor.ts';
import { tokenRoom, type Token } from '../token/protocol.ts';
import { nodeMachine } from './node-machine.ts';
import { say, UsageError, type Where } from './output.ts';
import { askSecret, fromEnvironment, hasTerminal } from './secrets.ts';

export interface TokenOptions {
  readonly module?: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly pinEnv?: string;
  readonly p12?: string;
  readonly passwordEnv?: string;
}

export interface SigningToken {
  readonly certificate: Token['certificates'][number];
  readonly signerName: string;
  /** @param digest SHA-256 of `message`, both base64 @returns RSA PKCS#1 v1.5 or DER of ECDSA, base64 */
  readonly sign: (digest: string, message: string) => Promise<string>;
  /** Logs out and ends the room; safe to call again. */
  readonly close: () => Promise<void>;
}

/** Options that cannot work are refused before a token is looked for. */
export function checkTokenOptions(options: TokenOptions): void {
  if ((options.module === undefined) === (options.p12 === undefined))
    throw new UsageError('cần đúng một trong hai: --module (token) hoặc --p12 (tệp khóa)');
  if (options.p12 !== undefined && (options.token !== undefined || options.pinEnv !== undefined))
    throw new UsageError('--token và --pin-env dùng với --module; tệp khóa dùng --password-env');
  if (options.module !== undefined && options.passwordEnv !== undefined)
    throw new UsageError('--password-env là mật khẩu của tệp khóa (--p12); PIN của token dùng --pin-env');
  const variable = options.pinEnv ?? options.passwordEnv;
  if (variable !== undefined) fromEnvironment(variable);
}

/** One login with one PIN. A wrong one is never tried again. */
export async function openSigningToken(where: Where, options: TokenOptions): Promise<SigningToken> {
  const machine = nodeMachine(where);
  const { module, p12 } = options;
  const room = new Supervisor(tokenRoom, {
    launch: machine.launch,
    onLog: machine.log,
    init: () => ({
      modules: module === undefined ? [] : [resolve(module)],
      keyFiles: p12 === undefined ? [] : [{ path: resolve(p12), label: basename(p12), isPractice: false }],
    }),
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await room.stop();
  };
  try {
    const { id: tokenId, ...found } = chooseToken(unwrap(await room.call('list', {})), options);
    const pin = await pinFor(found, options);
    try {
      unwrap(await room.call('login', { tokenId, pin }));
    } finally {
      pin?.fill(0);
    }
    // Listed again: a key file shows its certificates only when it is open.
    const token = unwrap(await room.call('list', {})).find((each) => each.id === tokenId);
    if (!token) throw new Failure('token-removed', found.label);
    const certificate = chooseCertificate(token, options.certificate);
    return {
      certificate,
      signerName: commonName(certificate.subject),
      sign: async (digest, message) =>
        unwrap(await room.call('sign', { tokenId, certificateId: certificate.id, digest, message })).signature,
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function chooseToken(tokens: readonly Token[], { token: label, p12 }: TokenOptions): Token {
  const [first, ...others] = label === undefined ? tokens : tokens.filter((each) => each.label === label);
  if (!first) throw new Failure(p12 === undefined ? 'token-missing' : 'file-not-found', label ?? p12);
  if (others.length > 0)
    throw new UsageError(
      `có ${others.length + 1} token (${[first, ...others].map((each) => each.label).join(', ')}): nêu tên bằng --token`,
    );
  return first;
}

/** By id, subject or common name; without a wish, the only one that may sign now. */
function chooseCertificate(token: Token, wanted: string | undefined): Token['certificates'][number] {
  const named = token.certificates.filter(
    ({ id, subject }) => wanted === undefined || [id, subject, commonName(subject)].includes(wanted),
  );
  const usable = named.filter((each) => each.canSign);
  const [chosen, ...others] = usable;
  if (!chosen && named.some((each) => Date.parse(each.notAfter) < Date.now()))
    throw new Failure('certificate-expired', named[0]?.subject);
  if (!chosen) throw new Failure(named.length > 0 ? 'certificate-not-for-signing' : 'certificate-missing', wanted);
  if (others.length > 0 && wanted === undefined)
    say(`Token có ${usable.length} chứng thư ký được; dùng ${chosen.subject}. Chọn cái khác bằng --certificate.`);
  return chosen;
}

/** What the person should know first: how many tries are left, how long the PIN is. */
async function pinFor(token: Omit<Token, 'id'>, options: TokenOptions): Promise<Uint8Array | null> {
  if (token.tries === 'locked') throw new Failure('pin-locked', token.label);
  if (token.hasProtectedPath) {
    say(`Gõ PIN trên thiết bị "${token.label}".`);
    return null;
  }
  const variable = options.pinEnv ?? options.passwordEnv;
  if (variable !== undefined) {
    // A script would spend the last try without anybody having seen the warning.
    if (token.tries === 'final') throw new Failure('pin-last-try', token.label);
    return new TextEncoder().encode(fromEnvironment(variable));
  }
  if (!hasTerminal())
    throw new UsageError(
      `không có cửa sổ lệnh để hỏi PIN: nêu ${options.p12 === undefined ? '--pin-env' : '--password-env'} BIẾN`,
    );
  const question = options.p12 === undefined ? `PIN của "${token.label}"` : `Mật khẩu của ${token.label}`;
  if (token.tries === 'low') say('⚠ Token báo đã có lần gõ sai PIN. Gõ thật chắc.');
  if (token.tries !== 'final') return askSecret(`${question}: `);
  say('⚠ CHỈ CÒN MỘT LẦN THỬ. Sai lần này token sẽ bị khóa. Gõ PIN hai lần giống nhau để đi tiếp.');
  const first = await askSecret(`${question}: `);
  const second = await askSecret('Gõ lại: ');
  const isSame = first.length === second.length && first.every((octet, index) => octet === second[index]);
  first.fill(0);
  if (!isSame) throw new Failure('pin-cancelled', 'hai lần gõ không giống nhau; chưa thử PIN');
  return second;
}
