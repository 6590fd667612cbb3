/** @file Tokens behind one PKCS#11 module: found, logged in to once, signed with, and let go when they are pulled out. */
import { createHash } from 'node:crypto';
import { Failure } from '../rooms/failure.ts';
import type { Certificate } from '../signing/certificate.ts';
import { digestInfo, ecdsaToDer, verifiesDigest } from './digest-signatures.ts';
import { Lane } from './lane.ts';
import { CKA, Pkcs11Module, type Attribute, type TokenFacts } from './pkcs11-module.ts';
import type { Token } from './protocol.ts';
import { chooseCertificate, describeCertificates, tryReadCertificate } from './signing-certificates.ts';
import type { TokenSignature, TokenSource, Tries } from './token-source.ts';

/** How long a driver may take before it counts as hung. */
export interface TimeLimits {
  /** Looking for tokens and reading certificates; a card may need 2 s. */
  readonly probeMs: number;
  /** Logging in and signing; a person may be typing on a PIN pad. */
  readonly callMs: number;
}

const CKF = {
  PROTECTED_AUTHENTICATION_PATH: 0x100,
  TOKEN_INITIALIZED: 0x400,
  USER_PIN_COUNT_LOW: 0x10000,
  USER_PIN_FINAL_TRY: 0x20000,
  USER_PIN_LOCKED: 0x40000,
} as const;
const CKO_CERTIFICATE = 1;
const CKO_PRIVATE_KEY = 3;
const CKM_RSA_PKCS = 0x1;
const CKM_ECDSA = 0x1041;
const CERTIFICATE_BYTES = 4_096;
const ID_BYTES = 256;
/** More than any token takes; what is shown when a driver names no maximum. */
const MAX_PIN_BYTES = 255;

interface StoredCertificate {
  readonly certificate: Certificate;
  /** CKA_ID; empty on some tokens. */
  readonly keyId: Buffer;
}

interface Slot {
  readonly id: string;
  readonly slot: number;
  facts: TokenFacts;
  session: number | null;
  handles: readonly number[];
  certificates: readonly StoredCertificate[];
  isLoggedIn: boolean;
  /** Known only after a login: private keys cannot be seen before. */
  asksPinPerSignature: boolean;
  /** Kept only for keys that ask for it at every signature; zeros otherwise and afterwards. */
  keptPin: Buffer | null;
}

export class Pkcs11Source implements TokenSource {
  readonly path: string;
  readonly #limits: TimeLimits;
  readonly #lane = new Lane();
  readonly #slots = new Map<string, Slot>();
  #module: Pkcs11Module | undefined;
  #isUsing = false;

  constructor(path: string, limits: TimeLimits) {
    this.path = path;
    this.#limits = limits;
  }

  get isBusy(): boolean {
    return this.#lane.isBusy;
  }

  owns(tokenId: string): boolean {
    return this.#slots.has(tokenId);
  }

  async list(): Promise<readonly Token[]> {
    if (!this.#isUsing) await this.#lane.run(this.#limits.probeMs, () => this.#probe());
    return [...this.#slots.values()].map((slot) => this.#describe(slot));
  }

  async login(tokenId: string, pin: Buffer | null): Promise<Tries> {
    try {
      return await this.#use(tokenId, (module, slot) => this.#login(module, slot, pin));
    } finally {
      pin?.fill(0);
    }
  }

  sign(tokenId: string, certificateId: string, digest: Buffer): Promise<TokenSignature> {
    return this.#use(tokenId, (module, slot) => this.#sign(module, slot, certificateId, digest));
  }

  async logout(tokenId: string): Promise<void> {
    const slot = this.#slots.get(tokenId);
    if (!slot) return;
    forgetPin(slot);
    await this.#use(tokenId, async (module) => {
      if (slot.isLoggedIn && slot.session !== null) await module.logout(slot.session);
      slot.isLoggedIn = false;
    });
  }

  async #use<T>(tokenId: string, work: (module: Pkcs11Module, slot: Slot) => Promise<T>): Promise<T> {
    this.#isUsing = true;
    try {
      return await this.#lane.run(this.#limits.callMs, async () => {
        const slot = this.#slots.get(tokenId);
        if (!slot || !this.#module) throw new Failure('token-removed', tokenId);
        try {
          return await work(this.#module, slot);
        } catch (cause) {
          // After a removal nothing of the old session may be reused: not the handle, not the login, not the PIN.
          if (cause instanceof Failure && cause.code === 'token-removed') this.#drop(slot);
          throw cause;
        }
      });
    } finally {
      this.#isUsing = false;
    }
  }

  async #probe(): Promise<void> {
    this.#module ??= new Pkcs11Module(this.path);
    const module = this.#module;
    await module.initialise();
    const seen = new Set<string>();
    for (const slotNumber of await module.listSlots()) {
      let facts: TokenFacts;
      try {
        facts = await module.tokenFacts(slotNumber);
      } catch (cause) {
        if (cause instanceof Failure) continue; // pulled out between the two calls, or a card that is no token
        throw cause;
      }
      if ((facts.flags & CKF.TOKEN_INITIALIZED) === 0 && facts.label === '') continue;
      const id = this.#tokenId(slotNumber, facts);
      seen.add(id);
      let slot = this.#slots.get(id);
      if (!slot) {
        const fresh = { id, slot: slotNumber, facts, session: null, handles: [], certificates: [] };
        slot = { ...fresh, isLoggedIn: false, asksPinPerSignature: false, keptPin: null };
        this.#slots.set(id, slot);
      }
      slot.facts = facts;
      await this.#readCertificates(module, slot);
    }
    for (const slot of this.#slots.values()) {
      if (seen.has(slot.id)) continue;
      if (slot.session !== null) await module.closeSession(slot.session);
      this.#drop(slot);
    }
  }

  /** The same token in another slot, or another token in the same slot, is another id. */
  #tokenId(slot: number, facts: TokenFacts): string {
    const identity = [this.path, slot, facts.serialNumber, facts.label].join('\0');
    return `p11-${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`;
  }

  /** Reads them again only when the objects changed: a card may need seconds for it. */
  async #readCertificates(module: Pkcs11Module, slot: Slot): Promise<void> {
    try {
      slot.session ??= await module.openSession(slot.slot);
      const { session } = slot;
      const handles = await module.findObjects(session, [[CKA.CLASS, module.encodeUlong(CKO_CERTIFICATE)]]);
      if (handles.join() === slot.handles.join() && slot.certificates.length > 0) return;
      const certificates: StoredCertificate[] = [];
      for (const handle of handles) {
        const certificate = tryReadCertificate(
          withoutPadding(await module.attribute(session, handle, CKA.VALUE, CERTIFICATE_BYTES)),
        );
        if (!certificate) continue;
        const keyId = (await module.attribute(session, handle, CKA.ID, ID_BYTES)) ?? Buffer.alloc(0);
        certificates.push({ certificate, keyId });
      }
      slot.handles = handles;
      slot.certificates = certificates;
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code === 'token-not-responding') throw cause;
      // The token is shown without certificates; the next look opens a new session.
      slot.session = null;
      slot.handles = [];
      slot.certificates = [];
      slot.isLoggedIn = false;
      forgetPin(slot);
    }
  }

  async #login(module: Pkcs11Module, slot: Slot, pin: Buffer | null): Promise<Tries> {
    slot.facts = await module.tokenFacts(slot.slot);
    const { flags } = slot.facts;
    const { minPinLength, maxPinLength } = pinLengths(slot.facts);
    if (triesOf(flags) === 'locked') throw new Failure('pin-locked', 'CKF_USER_PIN_LOCKED');
    const hasProtectedPath = (flags & CKF.PROTECTED_AUTHENTICATION_PATH) !== 0;
    if (!hasProtectedPath) {
      const length = pin?.length ?? 0;
      if (length === 0 || length < minPinLength || length > maxPinLength) {
        throw new Failure('pin-length', `${minPinLength}–${maxPinLength}`);
      }
    }
    // A new session proves that the token is the one that was seen: a handle from before a removal would not open.
    if (slot.session !== null) {
      if (slot.isLoggedIn) await module.logout(slot.session);
      await module.closeSession(slot.session);
      slot.isLoggedIn = false;
      slot.session = null;
    }
    forgetPin(slot);
    slot.session = await module.openSession(slot.slot);
    const typed = hasProtectedPath ? null : pin;
    try {
      await module.login(slot.session, 1, typed);
    } catch (cause) {
      await this.#refreshFacts(module, slot);
      if (cause instanceof Failure && cause.code === 'pin-wrong' && triesOf(slot.facts.flags) === 'locked') {
        throw new Failure('pin-locked', cause.detail, { cause });
      }
      throw cause;
    }
    slot.isLoggedIn = true;
    await this.#refreshFacts(module, slot);
    slot.asksPinPerSignature = await this.#asksPinPerSignature(module, slot.session);
    if (slot.asksPinPerSignature && typed) slot.keptPin = Buffer.from(typed);
    return triesOf(slot.facts.flags);
  }

  async #refreshFacts(module: Pkcs11Module, slot: Slot): Promise<void> {
    try {
      slot.facts = await module.tokenFacts(slot.slot);
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause; // the login's own answer matters more than its flags
    }
  }

  async #asksPinPerSignature(module: Pkcs11Module, session: number): Promise<boolean> {
    for (const key of await module.findObjects(session, [[CKA.CLASS, module.encodeUlong(CKO_PRIVATE_KEY)]])) {
      const asks = await module.attribute(session, key, CKA.ALWAYS_AUTHENTICATE, 1);
      if (asks?.[0]) return true;
    }
    return false;
  }

  async #sign(module: Pkcs11Module, slot: Slot, certificateId: string, digest: Buffer): Promise<TokenSignature> {
    const chosen = chooseCertificate(
      slot.certificates.map((stored) => stored.certificate),
      certificateId,
      Date.now(),
    );
    const keyId = slot.certificates.find((stored) => stored.certificate === chosen)?.keyId ?? Buffer.alloc(0);
    if (slot.session === null || !slot.isLoggedIn) throw new Failure('not-allowed', 'signature without login');
    const { session } = slot;
    const key = await this.#findKey(module, session, keyId);
    const isRsa = chosen.publicKey.asymmetricKeyType === 'rsa';
    const asks = (await module.attribute(session, key, CKA.ALWAYS_AUTHENTICATE, 1))?.[0] === 1;
    const raw = await module.sign(
      session,
      key,
      isRsa ? CKM_RSA_PKCS : CKM_ECDSA,
      isRsa ? digestInfo(digest) : digest,
      async () => {
        if (asks) await module.login(session, 2, slot.keptPin);
      },
    );
    const signature = isRsa ? raw : ecdsaToDer(raw, chosen.publicKey);
    if (!verifiesDigest(chosen.publicKey, digest, signature))
      throw new Failure('signature-does-not-verify', chosen.subject);
    return { signature: signature.toString('base64'), algorithm: isRsa ? 'rsa-sha256' : 'ecdsa-sha256' };
  }

  /** By CKA_ID; without one, the only private key there is. */
  async #findKey(module: Pkcs11Module, session: number, keyId: Buffer): Promise<number> {
    const privateKeys: Attribute = [CKA.CLASS, module.encodeUlong(CKO_PRIVATE_KEY)];
    const matching = keyId.length > 0 ? await module.findObjects(session, [privateKeys, [CKA.ID, keyId]]) : [];
    const candidates = matching.length > 0 ? matching : await module.findObjects(session, [privateKeys]);
    const [key, ...others] = candidates;
    if (key === undefined || (matching.length === 0 && others.length > 0))
      throw new Failure('certificate-missing', 'no private key belongs to it');
    return key;
  }

  #describe(slot: Slot): Token {
    const { facts } = slot;
    return {
      id: slot.id,
      label: facts.label || facts.model || facts.serialNumber,
      serialNumber: facts.serialNumber,
      model: [facts.manufacturer, facts.model].filter(Boolean).join(' '),
      isPractice: false,
      tries: triesOf(facts.flags),
      ...pinLengths(facts),
      hasProtectedPath: (facts.flags & CKF.PROTECTED_AUTHENTICATION_PATH) !== 0,
      asksPinPerSignature: slot.asksPinPerSignature,
      certificates: describeCertificates(
        slot.certificates.map((stored) => stored.certificate),
        Date.now(),
      ),
    };
  }

  #drop(slot: Slot): void {
    forgetPin(slot);
    slot.isLoggedIn = false;
    slot.session = null;
    this.#slots.delete(slot.id);
  }
}

/**
 * Bytes. CK_UNAVAILABLE_INFORMATION (all bits set; some drivers set 32 of 64), CK_EFFECTIVELY_INFINITE (0) and a maximum
 * below the minimum name no limit: the token itself decides then.
 */
export function pinLengths(facts: Pick<TokenFacts, 'minPinLength' | 'maxPinLength'>): {
  minPinLength: number;
  maxPinLength: number;
} {
  const minPinLength = facts.minPinLength <= MAX_PIN_BYTES ? facts.minPinLength : 0;
  const isKnown = facts.maxPinLength > 0 && facts.maxPinLength >= minPinLength;
  return { minPinLength, maxPinLength: isKnown ? Math.min(facts.maxPinLength, MAX_PIN_BYTES) : MAX_PIN_BYTES };
}

/** Drivers that never set a flag cannot be told from tokens with all tries left: both are `ok`. */
export function triesOf(flags: number): Tries {
  if ((flags & CKF.USER_PIN_LOCKED) !== 0) return 'locked';
  if ((flags & CKF.USER_PIN_FINAL_TRY) !== 0) return 'final';
  return (flags & CKF.USER_PIN_COUNT_LOW) !== 0 ? 'low' : 'ok';
}

function forgetPin(slot: Slot): void {
  slot.keptPin?.fill(0);
  slot.keptPin = null;
}

/** A value read into a fixed buffer carries what follows it: DER knows its own length. */
function withoutPadding(value: Buffer | undefined): Buffer | undefined {
  if (!value || value[0] !== 0x30 || value[1] !== 0x82) return value;
  return value.subarray(0, 4 + value.readUInt16BE(2));
}
