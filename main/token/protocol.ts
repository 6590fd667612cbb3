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
  certificates: z.array(TokenCertificate),
});
export type Token = z.infer<typeof Token>;

export const tokenRoom = defineRoom({
  name: 'token',
  init: z.strictObject({
    /** Absolute paths of PKCS#11 modules that policy allows. */
    modules: z.array(z.string()),
    /** PKCS#12 files offered as tokens: the practice key, or one named on the command line. */
    keyFiles: z.array(z.strictObject({ path: z.string(), label: z.string(), isPractice: z.boolean() })),
    /** How long a driver may take before it counts as hung; for slow tokens, by policy. */
    timeLimits: z.strictObject({ probeMs: z.int().positive(), callMs: z.int().positive() }).optional(),
  }),
  events: {
    changed: z.strictObject({ count: z.int() }),
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
     * The answer has been verified against the certificate's public key.
     */
    sign: {
      params: z.strictObject({ tokenId: z.string(), certificateId: z.string(), digest: z.string() }),
      result: z.strictObject({ signature: z.string(), algorithm: z.enum(['rsa-sha256', 'ecdsa-sha256']) }),
      timeoutMs: 60_000,
    },
    logout: { params: z.strictObject({ tokenId: z.string() }), result: z.null(), timeoutMs: 15_000 },
  },
});
export type TokenRoom = typeof tokenRoom;
