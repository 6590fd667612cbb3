/** @file Tokens behind one PKCS#11 module: found, logged in to once, signed with, and let go when they are pulled out. */
import { Failure } from '../rooms/failure.ts';
import { ecdsaToDer, verifiesDigest } from './digest-signatures.ts';
import { Lane } from './lane.ts';
import { Pkcs11Module, type LibraryInfo, type TokenFacts } from './pkcs11-module.ts';
import type { Token } from './protocol.ts';
import { chooseCertificate } from './signing-certificates.ts';
import { CKF, pinLengths, triesOf } from './token-flags.ts';
import { asksPinPerSignature, certificateHandles, dataFor, openKey, readStoredCertificates } from './token-objects.ts';
import { describeSlot, forgetPin, freshSlot, shownTries, tokenIdOf, type Slot } from './token-slot.ts';
import type { TokenSignature, TokenSource, ToSign, Tries } from './token-source.ts';

/** How long a driver may take before it counts as hung. */
export interface TimeLimits {
  /** Looking for tokens and reading certificates; a card may need 2 s. */
  readonly probeMs: number;
  /** Logging in and signing; a person may be typing on a PIN pad. */
  readonly callMs: number;
}

/** What a library says of itself and of its slots. */
export interface LibraryFacts {
  readonly library: LibraryInfo | null;
  readonly slots: { description: string; token: string | null }[];
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

  get isHung(): boolean {
    return this.#lane.isHung;
  }

  get hasLogin(): boolean {
    return [...this.#slots.values()].some((slot) => slot.isLoggedIn);
  }

  owns(tokenId: string): boolean {
    return this.#slots.has(tokenId);
  }

  async list(isGlance = false): Promise<readonly Token[]> {
    if (!this.#isUsing && !this.hasLogin)
      await this.#lane.run(this.#limits.probeMs, 'looking for tokens', () => this.#probe(isGlance));
    return this.lastSeen();
  }

  lastSeen(): readonly Token[] {
    return [...this.#slots.values()].map((slot) => describeSlot(slot, Date.now()));
  }

  /** What the library and its slots say of themselves; what was seen last while somebody is logged in. @throws Failure */
  diagnose(): Promise<LibraryFacts> {
    if (this.#isUsing || this.hasLogin) {
      const slots = [...this.#slots.values()].map(({ facts }) => ({ description: '', token: facts.label }));
      return Promise.resolve({ library: null, slots });
    }
    return this.#lane.run(this.#limits.probeMs, 'C_GetInfo', async () => {
      await this.#probe(false);
      const module = this.#module as Pkcs11Module;
      const slots: { description: string; token: string | null }[] = [];
      for (const slot of await module.listSlots('all')) {
        const known = [...this.#slots.values()].find((candidate) => candidate.slot === slot);
        slots.push({ description: await module.slotDescription(slot), token: known?.facts.label ?? null });
      }
      return { library: (await module.libraryInfo()) ?? null, slots };
    });
  }

  async login(tokenId: string, pin: Buffer | null): Promise<Tries> {
    try {
      let hasGivenPin = false;
      return await this.#use(tokenId, 'C_Login', (module, slot) =>
        this.#login(module, slot, pin, () => {
          hasGivenPin = true;
        }),
      ).catch((thrown: unknown) => {
        // From here on nobody knows what the token made of the PIN.
        if (hasGivenPin && thrown instanceof Failure && thrown.code === 'token-not-responding')
          throw new Failure('pin-unanswered', thrown.detail, { cause: thrown });
        throw thrown;
      });
    } finally {
      pin?.fill(0);
    }
  }

  sign(tokenId: string, certificateId: string, toSign: ToSign): Promise<TokenSignature> {
    return this.#use(tokenId, 'C_Sign', (module, slot) => this.#sign(module, slot, certificateId, toSign));
  }

  async logout(tokenId: string): Promise<void> {
    const slot = this.#slots.get(tokenId);
    if (!slot) return;
    forgetPin(slot);
    await this.#use(tokenId, 'C_Logout', async (module) => {
      if (slot.isLoggedIn && slot.session !== null) await module.logout(slot.session);
      slot.isLoggedIn = false;
      slot.keys.clear();
    });
  }

  async #use<T>(tokenId: string, call: string, work: (module: Pkcs11Module, slot: Slot) => Promise<T>): Promise<T> {
    this.#isUsing = true;
    try {
      return await this.#lane.run(this.#limits.callMs, call, async () => {
        const slot = this.#slots.get(tokenId);
        if (!slot || !this.#module) throw new Failure('token-removed', tokenId);
        try {
          return await work(this.#module, slot);
        } catch (cause) {
          slot.keys.clear(); // whatever went wrong, the next signature asks the token anew
          const failure = await this.#orRemoved(this.#module, slot, cause);
          // After a removal nothing of the old session may be reused: not the handle, not the login, not the PIN.
          if (failure instanceof Failure && failure.code === 'token-removed') this.#drop(slot);
          throw failure;
        }
      });
    } finally {
      this.#isUsing = false;
    }
  }

  /** Some drivers say CKR_DEVICE_ERROR or CKR_GENERAL_ERROR when the token is simply gone: its slot knows. */
  async #orRemoved(module: Pkcs11Module, slot: Slot, cause: unknown): Promise<unknown> {
    if (!(cause instanceof Failure) || (cause.code !== 'token-held' && cause.code !== 'token-failed')) return cause;
    try {
      if ((await module.listSlots()).includes(slot.slot)) return cause;
    } catch {
      return cause; // a driver that cannot even say this has told enough
    }
    return new Failure('token-removed', cause.detail, { cause });
  }

  async #probe(isGlance: boolean): Promise<void> {
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
      const id = tokenIdOf(this.path, slotNumber, facts);
      seen.add(id);
      let slot = this.#slots.get(id);
      if (!slot) {
        slot = freshSlot(id, slotNumber, facts);
        this.#slots.set(id, slot);
      }
      slot.facts = facts;
      if (!isGlance || slot.certificates.length === 0) await this.#readCertificates(module, slot);
    }
    for (const slot of this.#slots.values()) {
      if (seen.has(slot.id)) continue;
      if (slot.session !== null) await module.closeSession(slot.session);
      this.#drop(slot);
    }
  }

  /** Reads them again only when the objects changed: a card may need seconds for it. */
  async #readCertificates(module: Pkcs11Module, slot: Slot): Promise<void> {
    const hadSession = slot.session !== null;
    try {
      slot.session ??= await module.openSession(slot.slot);
      const { session } = slot;
      const handles = await certificateHandles(module, session);
      if (handles.join() === slot.handles.join() && slot.certificates.length > 0) return;
      slot.certificates = await readStoredCertificates(module, session, handles);
      slot.handles = handles;
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code === 'token-not-responding') throw cause;
      // A session that ended with a short removal is opened anew; without certificates, the token is shown all the same.
      if (slot.session !== null) await module.closeSession(slot.session);
      slot.session = null;
      slot.handles = [];
      slot.certificates = [];
      slot.isLoggedIn = false;
      slot.keys.clear();
      forgetPin(slot);
      if (hadSession) await this.#readCertificates(module, slot);
    }
  }

  async #login(module: Pkcs11Module, slot: Slot, pin: Buffer | null, onPinGiven: () => void): Promise<Tries> {
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
    slot.keys.clear();
    forgetPin(slot);
    slot.session = await module.openSession(slot.slot);
    const typed = hasProtectedPath ? null : pin;
    try {
      onPinGiven();
      await module.login(slot.session, 1, typed);
    } catch (cause) {
      await this.#refreshFacts(module, slot);
      if (cause instanceof Failure && cause.code === 'pin-wrong') {
        if (triesOf(slot.facts.flags) === 'locked') throw new Failure('pin-locked', cause.detail, { cause });
        if (triesOf(slot.facts.flags) === 'ok') slot.tellsNoTries = true;
      }
      throw cause;
    }
    slot.isLoggedIn = true;
    await this.#refreshFacts(module, slot);
    slot.asksPinPerSignature = await asksPinPerSignature(module, slot.session);
    if (slot.asksPinPerSignature && typed) slot.keptPin = Buffer.from(typed);
    return shownTries(slot);
  }

  async #refreshFacts(module: Pkcs11Module, slot: Slot): Promise<void> {
    try {
      slot.facts = await module.tokenFacts(slot.slot);
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause; // the login's own answer matters more than its flags
    }
  }

  async #sign(module: Pkcs11Module, slot: Slot, certificateId: string, toSign: ToSign): Promise<TokenSignature> {
    const chosen = chooseCertificate(
      slot.certificates.map((stored) => stored.certificate),
      certificateId,
      Date.now(),
    );
    if (slot.session === null || !slot.isLoggedIn) throw new Failure('not-allowed', 'signature without login');
    const { session } = slot;
    let key = slot.keys.get(chosen);
    if (!key) {
      key = await openKey(module, slot.slot, session, chosen);
      slot.keys.set(chosen, key);
    }
    const { handle, asksPin, mechanism } = key;
    const data = dataFor(mechanism, toSign);
    const raw = await module.sign(session, handle, mechanism, data, async () => {
      if (asksPin) await module.login(session, 2, slot.keptPin);
    });
    const isRsa = chosen.publicKey.asymmetricKeyType === 'rsa';
    const signature = isRsa ? raw : ecdsaToDer(raw, chosen.publicKey);
    if (!verifiesDigest(chosen.publicKey, toSign.digest, signature))
      throw new Failure('signature-does-not-verify', chosen.subject);
    return { signature: signature.toString('base64'), algorithm: isRsa ? 'rsa-sha256' : 'ecdsa-sha256' };
  }

  #drop(slot: Slot): void {
    forgetPin(slot);
    slot.isLoggedIn = false;
    slot.session = null;
    slot.keys.clear();
    this.#slots.delete(slot.id);
  }
}
