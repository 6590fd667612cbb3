/**
 * @file Entry of the token room. Runs strangers' drivers, so it must be able to die at any moment and ends with a hard
 * exit: some drivers hang for seconds, or for ever, when their library is unloaded.
 */
import { Failure } from '../rooms/failure.ts';
import { serveRoom } from '../rooms/serve.ts';
import { KeyFileSource } from './key-file-token.ts';
import { Pkcs11Source, type TimeLimits } from './pkcs11-token.ts';
import { tokenRoom, type Token } from './protocol.ts';
import type { TokenSource, Tries } from './token-source.ts';

const DEFAULT_LIMITS: TimeLimits = { probeMs: 10_000, callMs: 50_000 };
const POLL_MS = 1_500;
/** Between two signatures of a batch the driver is left alone. */
const QUIET_AFTER_USE_MS = 10_000;
/** A login that nobody uses ends by itself. */
const IDLE_LOGOUT_MS = 5 * 60_000;
/** Time for the last answer to leave the process. */
const LAST_ANSWER_MS = 200;

function endHard(): void {
  process.kill(process.pid, 'SIGKILL');
}

process.on('exit', endHard);
process.on('disconnect', endHard);

serveRoom(tokenRoom, (init, host) => {
  const limits = init.timeLimits ?? DEFAULT_LIMITS;
  const modules = init.modules.map((path) => new Pkcs11Source(path, limits));
  const sources: readonly TokenSource[] = [...modules, ...init.keyFiles.map((file) => new KeyFileSource(file))];
  const reported = new Map<string, string>();
  /** Tokens that somebody logged in to: only these can be pulled out while signing, all others are simply not there. */
  const loggedIn = new Set<string>();
  let lastUseMs = 0;
  let lastSeen: string | undefined;

  async function look(): Promise<{ tokens: Token[]; failures: Failure[] }> {
    const failures: Failure[] = [];
    const listed = await Promise.all(
      sources.map((source) =>
        source.list().catch((thrown: unknown) => {
          if (!(thrown instanceof Failure)) throw thrown;
          failures.push(thrown);
          report(source.path, thrown);
          return [];
        }),
      ),
    );
    return { tokens: listed.flat(), failures };
  }

  /** Once per kind of trouble, not at every look. */
  function report(path: string, failure: Failure): void {
    if (reported.get(path) === failure.message) return;
    reported.set(path, failure.message);
    host.log('warn', `token source ${path}: ${failure.message}`);
  }

  function sourceOf(tokenId: string): TokenSource {
    const source = sources.find((candidate) => candidate.owns(tokenId));
    if (!source) throw new Failure(loggedIn.has(tokenId) ? 'token-removed' : 'token-missing', tokenId);
    return source;
  }

  /** A token that is gone when the PIN comes was pulled out before anything was signed. */
  async function login(tokenId: string, pin: Buffer | null): Promise<Tries> {
    loggedIn.delete(tokenId);
    try {
      const tries = await using(() => sourceOf(tokenId).login(tokenId, pin));
      loggedIn.add(tokenId);
      return tries;
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code !== 'token-removed') throw cause;
      throw new Failure('token-missing', cause.detail, { cause });
    }
  }

  /** A driver that does not come back takes the process with it; the supervisor starts a fresh one. */
  async function using<T>(work: () => Promise<T>): Promise<T> {
    lastUseMs = Date.now();
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'token-not-responding') setTimeout(endHard, LAST_ANSWER_MS);
      throw thrown;
    } finally {
      lastUseMs = Date.now();
    }
  }

  async function poll(): Promise<void> {
    const idleMs = Date.now() - lastUseMs;
    if (idleMs > IDLE_LOGOUT_MS && lastUseMs > 0) {
      lastUseMs = 0;
      await logoutEverywhere();
    }
    if (idleMs < QUIET_AFTER_USE_MS || sources.some((source) => source.isBusy)) return;
    const { tokens } = await look();
    noticeChange(tokens);
  }

  function noticeChange(tokens: readonly Token[]): void {
    const seen = tokens
      .map((token) => [token.id, token.tries, ...token.certificates.map(({ id }) => id)].join())
      .join('\n');
    if (lastSeen !== undefined && seen !== lastSeen) host.emit('changed', { count: tokens.length });
    lastSeen = seen;
  }

  async function logoutEverywhere(): Promise<void> {
    loggedIn.clear();
    const { tokens } = await look();
    await Promise.all(tokens.map((token) => sourceOf(token.id).logout(token.id)));
  }

  let isPolling = false;
  setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    poll()
      .catch((thrown: unknown) => host.log('error', `token poll: ${String(thrown)}`))
      .finally(() => {
        isPolling = false;
      });
  }, POLL_MS).unref();

  return {
    handlers: {
      async list() {
        const { tokens, failures } = await look();
        noticeChange(tokens);
        const [first] = failures;
        // One driver of several that is missing is a line in the log; nothing that works at all is an answer.
        if (first && failures.length === sources.length) throw first;
        return tokens;
      },
      async login({ tokenId, pin }) {
        const bytes = pin === null ? null : Buffer.from(pin.buffer, pin.byteOffset, pin.length);
        try {
          return { tries: await login(tokenId, bytes) };
        } finally {
          bytes?.fill(0);
        }
      },
      async sign({ tokenId, certificateId, digest }) {
        const bytes = Buffer.from(digest, 'base64');
        if (bytes.length !== 32) throw new Failure('bad-request', 'a SHA-256 digest has 32 bytes');
        return using(async () => sourceOf(tokenId).sign(tokenId, certificateId, bytes));
      },
      async logout({ tokenId }) {
        const source = sources.find((candidate) => candidate.owns(tokenId));
        await source?.logout(tokenId);
        loggedIn.delete(tokenId);
        return null;
      },
    },
    close: endHard,
  };
});
