/** @file The options of `motcua sign`, checked before a token is looked for or a PIN is asked. */
import { readFileSync } from 'node:fs';
import { validationPolicyOf } from '../counter/validation-policy.ts';
import { loadSettings } from '../settings/settings.ts';
import type { Appearance } from '../signatures/protocol.ts';
import type { SignatureLevel, TimeStampAuthority, ValidationPolicy } from '../signing/validation/policy.ts';
import { nodeMachine } from './node-machine.ts';
import { UsageError, type Where } from './output.ts';
import { readRootsAt } from './root-files.ts';
import { fromEnvironment } from './secrets.ts';
import { checkTokenOptions, type TokenOptions } from './signing-token.ts';

export type SignatureFormat = 'pades' | 'cades' | 'xades';

export interface SignOptions extends TokenOptions {
  readonly outDir?: string;
  readonly format?: SignatureFormat;
  readonly level: SignatureLevel;
  readonly tsa: readonly string[];
  readonly tsaTimeout: string;
  readonly trust: readonly string[];
  readonly tsaTrust: readonly string[];
  readonly offline?: boolean;
  readonly appearance: Appearance['kind'];
  readonly page?: string;
  readonly rect?: string;
  readonly image?: string;
  readonly line: readonly string[];
  readonly field?: string;
  readonly reason?: string;
  readonly pdfPasswordEnv?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** What one call asks for, with every value read. */
export interface SigningWish {
  readonly level: SignatureLevel;
  readonly authorities: readonly Required<TimeStampAuthority>[];
  readonly appearance: Appearance;
  readonly fieldName: string | undefined;
  readonly reason: string | null;
  readonly pdfPassword: string | undefined;
}

const MAX_IMAGE_BYTES = 10 * 1024 * 1024;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @throws UsageError naming the option */
export function readSignOptions(options: SignOptions): SigningWish {
  checkTokenOptions(options);
  const authorities = readAuthorities(options.tsa, options.tsaTimeout);
  if (options.level !== 'B-B' && authorities.length === 0)
    throw new UsageError(`mức ${options.level} cần dấu thời gian: nêu máy chủ bằng --tsa URL`);
  const isPdf = options.format === undefined || options.format === 'pades';
  if (!isPdf && options.level !== 'B-B' && options.level !== 'B-T')
    throw new UsageError(`--format ${options.format}: mức B-B hoặc B-T`);
  if (!isPdf && (options.appearance !== 'none' || (options.field ?? options.reason ?? options.pdfPasswordEnv)))
    throw new UsageError('--appearance, --field, --reason, --pdf-password-env chỉ dùng cho PDF');
  return {
    level: options.level,
    authorities,
    appearance: readAppearance(options),
    fieldName: options.field,
    reason: options.reason ?? null,
    pdfPassword: options.pdfPasswordEnv === undefined ? undefined : fromEnvironment(options.pdfPasswordEnv),
  };
}

/**
 * What a long-term level may rest on. Without `--trust` the counter's own roots count. What only collects evidence may also
 * rest on the roots that came with the signer's certificate: whoever verifies decides about trust anew.
 */
export function readSignPolicy(where: Where, options: SignOptions, ownRoots: readonly string[]): ValidationPolicy {
  const { paths } = nodeMachine(where);
  const configured = validationPolicyOf(loadSettings(paths.data, paths.resources).settings, paths);
  const named = options.trust.flatMap(readRootsAt);
  return {
    ...configured,
    trustedRoots: [...(named.length > 0 ? named : configured.trustedRoots), ...ownRoots],
    timeStampRoots: [...configured.timeStampRoots, ...options.tsaTrust.flatMap(readRootsAt)],
    isOffline: options.offline === true || configured.isOffline,
  };
}

function readAuthorities(urls: readonly string[], timeoutText: string): Required<TimeStampAuthority>[] {
  const seconds = Number(timeoutText);
  if (!(seconds >= 1 && seconds <= 600)) throw new UsageError('--tsa-timeout: số giây từ 1 đến 600');
  return urls.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      throw new UsageError(`--tsa ${text}: không phải địa chỉ http(s)`);
    return { url: url.href, timeoutMs: Math.round(seconds * 1000) };
  });
}

function readAppearance(options: SignOptions): Appearance {
  const { appearance: kind, page, rect, image, line } = options;
  if (kind === 'none' && (page ?? rect ?? image ?? line[0]) !== undefined)
    throw new UsageError('--page, --rect, --image, --line cần --appearance khác none');
  if (page !== undefined && !/^[1-9]\d{0,5}$/.test(page)) throw new UsageError('--page: số trang, từ 1');
  return {
    kind,
    ...(page === undefined ? {} : { page: Number(page) }),
    ...(rect === undefined ? {} : { rect: readRect(rect) }),
    ...(line.length === 0 ? {} : { lines: [...line] }),
    ...(image === undefined ? {} : { image: readImage(image) }),
  };
}

/** Points, origin bottom left of the page as displayed. */
function readRect(text: string): [number, number, number, number] {
  const [x, y, width, height, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (x === undefined || y === undefined || width === undefined || height === undefined || rest.length > 0)
    throw new UsageError('--rect X,Y,W,H');
  if (![x, y, width, height].every(Number.isFinite) || width <= 0 || height <= 0)
    throw new UsageError('--rect X,Y,W,H: bốn số, rộng và cao lớn hơn 0');
  return [x, y, width, height];
}

function readImage(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new UsageError(`--image ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (!bytes.subarray(0, PNG.length).equals(PNG)) throw new UsageError(`--image ${path}: không phải ảnh PNG`);
  if (bytes.length > MAX_IMAGE_BYTES) throw new UsageError(`--image ${path}: lớn hơn 10 MB`);
  return bytes.toString('base64');
}
