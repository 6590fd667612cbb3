/** @file The options of `motcua sign`, checked before a token is looked for or a PIN is asked. */
import { validationPolicyOf } from '../counter/validation-policy.ts';
import { loadSettings } from '../settings/settings.ts';
import type { Appearance } from '../signing/appearance/appearance.ts';
import type { SignatureLevel, TimeStampAuthority, ValidationPolicy } from '../signing/validation/policy.ts';
import { nodeMachine } from './node-machine.ts';
import { UsageError, type Where } from './output.ts';
import { readRootsAt } from './root-files.ts';
import { readAppearance, type AppearanceOptions } from './sign-appearance.ts';
import { fromEnvironment } from './secrets.ts';
import { checkTokenOptions, type TokenOptions } from './signing-token.ts';

export type SignatureFormat = 'pades' | 'cades' | 'xades';

export interface SignOptions extends TokenOptions, AppearanceOptions {
  readonly outDir?: string;
  readonly format?: SignatureFormat;
  readonly level: SignatureLevel;
  readonly tsa: readonly string[];
  readonly tsaTimeout: string;
  readonly trust: readonly string[];
  readonly tsaTrust: readonly string[];
  readonly offline?: boolean;
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

/** @throws UsageError naming the option */
export function readSignOptions(options: SignOptions): SigningWish {
  checkTokenOptions(options);
  const authorities = readAuthorities(options.tsa, options.tsaTimeout);
  if (options.level !== 'B-B' && authorities.length === 0)
    throw new UsageError(`mức ${options.level} cần dấu thời gian: nêu máy chủ bằng --tsa URL`);
  if (options.level !== 'B-B' && options.offline === true)
    throw new UsageError(`mức ${options.level} phải hỏi máy chủ dấu thời gian, không đi cùng --offline`);
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
 * rest on the roots that came with the signer's certificate and with the stamps: whoever verifies decides about trust anew.
 */
export function readSignPolicy(
  where: Where,
  options: SignOptions,
  accepted: { readonly signer: readonly string[]; readonly timeStamps: readonly string[] } = NOTHING_ACCEPTED,
): ValidationPolicy {
  const { paths } = nodeMachine(where);
  const configured = validationPolicyOf(loadSettings(paths.data, paths.resources).settings, paths);
  const named = options.trust.flatMap(readRootsAt);
  return {
    ...configured,
    trustedRoots: [...(named.length > 0 ? named : configured.trustedRoots), ...accepted.signer],
    timeStampRoots: [...configured.timeStampRoots, ...options.tsaTrust.flatMap(readRootsAt), ...accepted.timeStamps],
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

const NOTHING_ACCEPTED = { signer: [], timeStamps: [] } as const;
