/**
 * @file What IT and the centre decide: which agency, which province, which devices. A policy file of the machine beats the
 * user's file, which beats practice mode. An unreadable file is an error, never "no settings": half a configuration at a
 * counter is worse than none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { WebHost, WebOrigin } from '../bridge/protocol.ts';
import { Failure } from '../rooms/failure.ts';
import { PRACTICE_STAMP_URL } from '../signing/practice-time-stamps.ts';
import { SignatureLevel, TimeStampAuthority, ValidationPolicy } from '../signing/validation/policy.ts';
import { ResultSignature } from '../dossiers/schemas.ts';
import { ProvinceSettings } from '../sync/protocol.ts';

export const Settings = z.strictObject({
  mode: z.enum(['practice', 'production']),
  agency: z.strictObject({
    name: z.string(),
    parentName: z.string(),
    /** QĐ 20/2020/QĐ-TTg, e.g. `H56.116`. */
    code: z.string().regex(/^[A-Y]\d{2}(\.\d{2,3}){0,4}$/),
    placeName: z.string(),
    phone: z.string(),
  }),
  counter: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9-]{1,20}$/), name: z.string() }),
  province: ProvinceSettings.nullable(),
  scanners: z.strictObject({
    addresses: z.array(z.url()),
    useDiscovery: z.boolean(),
    useSane: z.boolean(),
    /** Where a device of the office drops its scans: network share, hot folder. */
    watchedFolder: z.string().nullable().optional(),
    /** Folder of page images that plays the part of a scanner in practice mode. */
    sampleFolder: z.string().nullable(),
  }),
  tokens: z.strictObject({
    /** Absolute paths of PKCS#11 modules, loaded whether or not they are known. */
    modules: z.array(z.string()).default([]),
    /** Known drivers by name and registry too. Null: in production only, so that practice never wakes a real token. */
    useDiscovery: z.boolean().nullable().default(null),
    /** File names or absolute paths that are never loaded. */
    denied: z.array(z.string()).default([]),
  }),
  signing: z.strictObject({
    /** What signed results are brought to after the token is done; a dead authority costs a level, never a signature. */
    resultLevel: SignatureLevel.default('B-B'),
    /**
     * Who signs a result, in order, and what each signature shows: the competent person, then the agency with its own
     * certificate and seal (NĐ 30/2020/NĐ-CP, Điều 5), or one of them, or one that shows nothing.
     */
    resultSignatures: z.array(ResultSignature).min(1).max(2).default(['personal']),
    /** In order of preference. */
    timeStampAuthorities: z.array(TimeStampAuthority).default([]),
    /** Beside the roots in the data folder's `trust` folder: PEM files or folders of them. */
    trustedRootFiles: z.array(z.string()).default([]),
    ...ValidationPolicy.pick({ allowsSha1Issuers: true, urlRewrites: true, issuerHosts: true, isOffline: true }).shape,
  }),
  /** For the province's web pages that know VGCA Sign Service; docs/bridge.md. */
  bridge: z.strictObject({
    isEnabled: z.boolean(),
    /** Pages expect 8987. */
    port: z.int().min(0).max(65_535).default(8987),
    /** When there are any, only these pages may ask; otherwise an officer decides at the first use of each. */
    allowedOrigins: z.array(WebOrigin).default([]),
    /** File servers beside the page's own host, also inside the office's network. */
    allowedHosts: z.array(WebHost).default([]),
    /** May ask for signatures on digests of what nobody here sees. */
    hashSigningOrigins: z.array(WebOrigin).default([]),
    maxFileBytes: z.int().positive().max(200_000_000).default(50_000_000),
    /** As what a page's `SessionId` travels; ASP.NET's name unless the portal says otherwise. */
    sessionCookieName: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,100}$/)
      .default('ASP.NET_SessionId'),
  }),
  ocrWorkers: z.int().min(1).max(8),
  utcOffsetMinutes: z.int(),
});
export type Settings = z.infer<typeof Settings>;

const SettingsFile = Settings.partial();

export function practiceSettings(resourcesFolder: string): Settings {
  return {
    mode: 'practice',
    agency: {
      name: 'Trung tâm Phục vụ hành chính công xã Cẩm Thạch',
      parentName: 'Ủy ban nhân dân xã Cẩm Thạch',
      code: 'H56.116',
      placeName: 'Cẩm Thạch',
      phone: '0237 000 000',
    },
    counter: { id: 'Q01', name: 'Quầy số 1' },
    province: null,
    scanners: {
      addresses: [],
      useDiscovery: false,
      useSane: false,
      sampleFolder: join(resourcesFolder, 'samples', 'stack-thuong-tru'),
    },
    tokens: { modules: [], useDiscovery: null, denied: [] },
    signing: {
      resultLevel: 'B-B',
      resultSignatures: ['personal'],
      timeStampAuthorities: [],
      trustedRootFiles: [],
      allowsSha1Issuers: false,
      urlRewrites: [],
      issuerHosts: [],
      isOffline: false,
    },
    bridge: {
      isEnabled: false,
      port: 8987,
      allowedOrigins: [],
      allowedHosts: [],
      hashSigningOrigins: [],
      maxFileBytes: 50_000_000,
      sessionCookieName: 'ASP.NET_SessionId',
    },
    ocrWorkers: 2,
    utcOffsetMinutes: 420,
  };
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Which file set each top-level key; shown to the officer as "do đơn vị quản lý" when it is the policy. */
  readonly sources: Readonly<Partial<Record<keyof Settings, 'policy' | 'user'>>>;
}

/** @throws Failure `settings-unreadable` naming the file and the key when a file exists but cannot be understood. */
export function loadSettings(
  dataFolder: string,
  resourcesFolder: string,
  policyFile = defaultPolicyFile(),
): LoadedSettings {
  const user = readSettingsFile(join(dataFolder, 'settings.json'));
  const policy = readSettingsFile(policyFile);
  const settings = Settings.parse({ ...practiceSettings(resourcesFolder), ...user, ...policy });
  const sources: Record<string, 'policy' | 'user'> = {};
  for (const key of Object.keys(user)) sources[key] = 'user';
  for (const key of Object.keys(policy)) sources[key] = 'policy';
  // Only here and not among what other settings are laid over: in production it would be an authority that never answers.
  if (settings.mode === 'practice' && sources['signing'] === undefined) {
    const timeStampAuthorities = [{ url: PRACTICE_STAMP_URL, timeoutMs: 30_000 }];
    settings.signing = { ...settings.signing, resultLevel: 'B-T', timeStampAuthorities };
  }
  if (settings.mode === 'production' && settings.province === null) {
    throw new Failure('settings-unreadable', 'production mode needs `province`');
  }
  return { settings, sources };
}

export function defaultPolicyFile(): string {
  return process.platform === 'win32'
    ? join(process.env['ProgramData'] ?? 'C:\\ProgramData', 'QuayMotCua', 'policy.json')
    : '/etc/quay-mot-cua/policy.json';
}

function readSettingsFile(path: string): z.infer<typeof SettingsFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Failure('settings-unreadable', `${path} cannot be read`, { cause });
  }
  try {
    return SettingsFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('settings-unreadable', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
