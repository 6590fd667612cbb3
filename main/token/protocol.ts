/**
 * @file The token room: strangers' PKCS#11 modules. Killable at any moment; the PIN arrives as bytes, is wiped after the
 * login, and lives nowhere else. Knows hashes, not documents.
 */
import { z } from 'zod';
import { defineRoom } from '../rooms/define.ts';

export const TokenCertificate = z.strictObject({
  id: z.string(),
  subject: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  canSign: z.boolean(),
  /** DER, base64: the certificate, then what chain the token holds. */
  der: z.array(z.string()).min(1),
});

export const Token = z.strictObject({
  id: z.string(),
  label: z.string(),
  serialNumber: z.string(),
  model: z.string(),
  isPractice: z.boolean(),
  tries: z.enum(['ok', 'low', 'final', 'locked', 'unknown']),
  minPinLength: z.int(),
  maxPinLength: z.int(),
  hasProtectedPath: z.boolean(),
  asksPinPerSignature: z.boolean(),
  /** CKF_USER_PIN_TO_BE_CHANGED: still the PIN the maker or issuer gave it. */
  mustChangePin: z.boolean(),
  certificates: z.array(TokenCertificate),
});
export type Token = z.infer<typeof Token>;

/** What became of one driver file, without a login: for the self check. Nothing in it is secret. */
export const ModuleReport = z.strictObject({
  path: z.string(),
  /** Whose tokens it is for, when its name is known. */
  authority: z.string().nullable(),
  /** Named by policy, or found because of its name or its entry in the registry. */
  source: z.enum(['policy', 'known-name', 'registry']),
  state: z.enum(['ready', 'refused', 'duplicate', 'denied', 'failed', 'hung']),
  /** An error code of the contract and its detail, when it is not `ready`. */
  code: z.string().nullable(),
  detail: z.string().nullable(),
  /** Processor the file was built for: `x64`, `ia32`, `arm64`, …; null when its header says nothing. */
  architecture: z.string().nullable(),
  library: z
    .strictObject({
      manufacturer: z.string(),
      description: z.string(),
      version: z.string(),
      /** Version of PKCS#11. */
      interface: z.string(),
    })
    .nullable(),
  /** Every slot, with the label of the token in it. */
  slots: z.array(z.strictObject({ description: z.string(), token: z.string().nullable() })),
});
export type ModuleReport = z.infer<typeof ModuleReport>;

/** A USB device that is known to be a signing token. */
export const UsbToken = z.strictObject({
  /** `25dd:2371` */
  id: z.string(),
  name: z.string(),
  /** Whose driver it needs. */
  authority: z.string(),
});
export type UsbToken = z.infer<typeof UsbToken>;

export const Diagnosis = z.strictObject({
  modules: z.array(ModuleReport),
  /** Null where USB cannot be looked at (no bus, no permission). */
  usbTokens: z.array(UsbToken).nullable(),
  /** Whether plugging in is noticed by events of the bus; by looking every now and then otherwise. */
  hasUsbEvents: z.boolean(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

export const tokenRoom = defineRoom({
  name: 'token',
  init: z.strictObject({
    /** Absolute paths of PKCS#11 modules that policy allows. */
    modules: z.array(z.string()),
    /** What is known of drivers and allowed; without it the modules above are all there is. */
    discovery: z
      .strictObject({
        /** Holds `pkcs11-modules.json`. */
        resourcesFolder: z.string(),
        /** Looks for known drivers too, by name and in the registry. */
        isSearching: z.boolean(),
        /** File names or absolute paths that are never loaded, in any case. */
        denied: z.array(z.string()),
        /** Drivers that hung the room twice: not loaded again until somebody asks for a check. */
        suspended: z.array(z.string()),
      })
      .nullable()
      .optional(),
    /** PKCS#12 files offered as tokens: the practice key, or one named on the command line. */
    keyFiles: z.array(z.strictObject({ path: z.string(), label: z.string(), isPractice: z.boolean() })),
    /** How long a driver may take before it counts as hung; for slow tokens, by policy. */
    timeLimits: z
      .strictObject({
        probeMs: z.int().positive(),
        callMs: z.int().positive(),
        /** A login that nobody uses ends by itself. */
        idleLogoutMs: z.int().positive().optional(),
      })
      .optional(),
  }),
  events: {
    changed: z.strictObject({ count: z.int() }),
    /** A driver did not come back: this process ends as soon as nobody is logged in; the next one may leave the driver out. */
    hung: z.strictObject({ path: z.string() }),
  },
  asks: {},
  methods: {
    list: { params: z.strictObject({}), result: z.array(Token), timeoutMs: 15_000 },
    /**
     * One login. Never retried by anyone but a person. The bytes are wiped before this answers; only for keys that ask
     * for the PIN at every signature (CKA_ALWAYS_AUTHENTICATE) a copy is kept until the logout.
     */
    login: {
      params: z.strictObject({
        tokenId: z.string(),
        pin: z.custom<Uint8Array>((value) => value instanceof Uint8Array).nullable(),
      }),
      result: z.strictObject({ tries: z.enum(['ok', 'low', 'final', 'locked', 'unknown']) }),
      timeoutMs: 60_000,
    },
    /**
     * Signs one SHA-256 digest (32 bytes, base64) with the certificate's key; RSA PKCS#1 v1.5 or ECDSA (DER).
     * The answer has been verified against the certificate's public key. `message` is what the digest was made of (signed
     * attributes, base64): only tokens that hash by themselves (CKM_SHA256_RSA_PKCS alone) need it.
     */
    sign: {
      params: z.strictObject({
        tokenId: z.string(),
        certificateId: z.string(),
        digest: z.string(),
        message: z.string().max(100_000).optional(),
      }),
      result: z.strictObject({ signature: z.string(), algorithm: z.enum(['rsa-sha256', 'ecdsa-sha256']) }),
      timeoutMs: 60_000,
    },
    /** What the self check shows. Never logs in; leaves tokens alone that are being signed with. */
    diagnose: { params: z.strictObject({}), result: Diagnosis, timeoutMs: 30_000 },
    logout: { params: z.strictObject({ tokenId: z.string() }), result: z.null(), timeoutMs: 15_000 },
  },
});
export type TokenRoom = typeof tokenRoom;
