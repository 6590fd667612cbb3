/** @file Where tokens come from: a PKCS#11 module or a key file. The room treats both alike. */
import type { Token } from './protocol.ts';

export type Tries = Token['tries'];
export interface TokenSignature {
  /** Base64. */
  readonly signature: string;
  readonly algorithm: 'rsa-sha256' | 'ecdsa-sha256';
}

export interface ToSign {
  /** SHA-256, 32 bytes. */
  readonly digest: Buffer;
  /** What it was made of, for tokens that hash by themselves. */
  readonly message: Buffer | undefined;
}

export interface TokenSource {
  /** Path of the module or key file, for messages. */
  readonly path: string;
  /**
   * Looks again. Answers what was seen last while somebody is logged in or logging in.
   * @param isGlance only which tokens are there: what a known one holds is not read again.
   * @throws Failure
   */
  list(isGlance?: boolean): Promise<readonly Token[]>;
  /** As of the last look; asks nothing of the driver. */
  lastSeen(): readonly Token[];
  owns(tokenId: string): boolean;
  /** The bytes of `pin` are zero when this returns or throws. @throws Failure */
  login(tokenId: string, pin: Buffer | null): Promise<Tries>;
  sign(tokenId: string, certificateId: string, toSign: ToSign): Promise<TokenSignature>;
  /** Forgets the login, and a PIN that had to be kept. */
  logout(tokenId: string): Promise<void>;
  /** Something is under way: do not disturb the driver. */
  readonly isBusy: boolean;
  /** A call has overrun its limit and not come back. */
  readonly isHung: boolean;
  /** Somebody is logged in to one of its tokens. */
  readonly hasLogin: boolean;
}
