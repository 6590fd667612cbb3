/**
 * @file All tokens of this process, whatever stands behind them: one list, one owner for each, and the rule that a slow or
 * hanging driver costs the others no more than a moment.
 */
import { Failure } from '../rooms/failure.ts';
import type { Token } from './protocol.ts';
import type { TokenSignature, TokenSource, ToSign, Tries } from './token-source.ts';

export interface TokenSourcesEvents {
  /** Once per kind of trouble, not at every look. */
  readonly onTrouble: (path: string, failure: Failure) => void;
  /** A driver overran its limit: it will not answer again in this process. */
  readonly onHung: (path: string) => void;
  /** A driver that was too slow for the last list has answered after all. */
  readonly onLate: () => void;
}

export interface Look {
  readonly tokens: Token[];
  readonly failures: Failure[];
}

export class TokenSources {
  readonly all: readonly TokenSource[];
  readonly #patienceMs: number;
  readonly #events: TokenSourcesEvents;
  readonly #reported = new Map<string, string>();
  /** Tokens that somebody logged in to: only these can be pulled out while signing, all others are simply not there. */
  readonly #loggedIn = new Set<string>();
  lastUseMs = 0;

  /** @param patienceMs how long a look waits for the slowest driver before it answers without it. */
  constructor(all: readonly TokenSource[], patienceMs: number, events: TokenSourcesEvents) {
    this.all = all;
    this.#patienceMs = patienceMs;
    this.#events = events;
  }

  get isBusy(): boolean {
    return this.all.some((source) => source.isBusy);
  }

  get hasLogin(): boolean {
    return this.all.some((source) => source.hasLogin);
  }

  async look(isGlance = false): Promise<Look> {
    const failures: Failure[] = [];
    const listed = await Promise.all(this.all.map((source) => this.#listPatiently(source, isGlance, failures)));
    return { tokens: withoutTwins(listed), failures };
  }

  /** As of the last look; asks nothing of any driver. */
  lastSeen(): Token[] {
    return withoutTwins(this.all.map((source) => source.lastSeen()));
  }

  /** A token that is gone when the PIN comes was pulled out before anything was signed. */
  async login(tokenId: string, pin: Buffer | null): Promise<Tries> {
    this.#loggedIn.delete(tokenId);
    try {
      const tries = await this.#using((source) => source.login(tokenId, pin), tokenId);
      this.#loggedIn.add(tokenId);
      return tries;
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code !== 'token-removed') throw cause;
      throw new Failure('token-missing', cause.detail, { cause });
    }
  }

  sign(tokenId: string, certificateId: string, toSign: ToSign): Promise<TokenSignature> {
    return this.#using((source) => source.sign(tokenId, certificateId, toSign), tokenId);
  }

  async logout(tokenId: string): Promise<void> {
    const source = this.all.find((candidate) => candidate.owns(tokenId));
    await source?.logout(tokenId);
    this.#loggedIn.delete(tokenId);
  }

  async logoutEverywhere(): Promise<void> {
    const tokenIds = [...this.#loggedIn];
    this.#loggedIn.clear();
    await Promise.all(tokenIds.map((tokenId) => this.logout(tokenId)));
  }

  async #listPatiently(source: TokenSource, isGlance: boolean, failures: Failure[]): Promise<readonly Token[]> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const impatience = new Promise<readonly Token[]>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        const seen = source.lastSeen();
        if (seen.length === 0) failures.push(new Failure('token-not-responding', `${source.path}: no answer yet`));
        resolve(seen);
      }, this.#patienceMs);
    });
    const listing = source.list(isGlance).then(
      (tokens) => {
        if (isLate) this.#events.onLate();
        return tokens;
      },
      (thrown: unknown) => {
        if (!(thrown instanceof Failure)) throw thrown;
        if (!isLate) failures.push(thrown);
        this.#report(source, thrown);
        return [];
      },
    );
    try {
      return await Promise.race([listing, impatience]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #using<T>(work: (source: TokenSource) => Promise<T>, tokenId: string): Promise<T> {
    const source = this.all.find((candidate) => candidate.owns(tokenId));
    if (!source) throw new Failure(this.#loggedIn.has(tokenId) ? 'token-removed' : 'token-missing', tokenId);
    this.lastUseMs = Date.now();
    try {
      return await work(source);
    } catch (thrown) {
      if (thrown instanceof Failure) this.#report(source, thrown);
      throw thrown;
    } finally {
      this.lastUseMs = Date.now();
    }
  }

  #report(source: TokenSource, failure: Failure): void {
    if (this.#reported.get(source.path) === failure.message) return;
    this.#reported.set(source.path, failure.message);
    this.#events.onTrouble(source.path, failure);
    if (source.isHung) this.#events.onHung(source.path);
  }
}

/**
 * Two drivers may see the same token (the maker's and OpenSC): it is shown once, through the first that can read its
 * certificates.
 */
function withoutTwins(listed: readonly (readonly Token[])[]): Token[] {
  const kept: Token[] = [];
  const isTwin = (one: Token, other: Token): boolean =>
    one.serialNumber !== '' &&
    one.serialNumber === other.serialNumber &&
    (one.certificates.length === 0 ||
      other.certificates.length === 0 ||
      one.certificates.some(({ id }) => other.certificates.some((certificate) => certificate.id === id)));
  for (const tokens of listed) {
    const earlier = [...kept];
    for (const token of tokens) {
      const twin = earlier.find((candidate) => isTwin(candidate, token));
      if (!twin) kept.push(token);
      else if (twin.certificates.length === 0 && token.certificates.length > 0) kept[kept.indexOf(twin)] = token;
    }
  }
  return kept;
}
