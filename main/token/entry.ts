/**
 * @file Entry of the token room. Runs strangers' drivers, so it must be able to die at any moment and ends with a hard
 * exit: some drivers hang for seconds, or for ever, when their library is unloaded.
 */
import { createHash } from 'node:crypto';
import { Failure } from '../rooms/failure.ts';
import { serveRoom } from '../rooms/serve.ts';
import { diagnose } from './diagnose.ts';
import { discoverModules } from './discover-modules.ts';
import { KeyFileSource } from './key-file-token.ts';
import { readKnownModules } from './known-modules.ts';
import { Pkcs11Source, type TimeLimits } from './pkcs11-token.ts';
import { tokenRoom, type Token } from './protocol.ts';
import { TokenSources } from './token-sources.ts';
import { watchUsb } from './usb-tokens.ts';

const DEFAULT_LIMITS: TimeLimits = { probeMs: 10_000, callMs: 50_000 };
/** Looking for tokens without events of the bus, and with them: drivers that see a token late are still found. */
const POLL_MS = 1_500;
const POLL_WITH_EVENTS_MS = 5_000;
/** After something was plugged in or out a driver needs a moment, some need several. */
const LOOKS_AFTER_EVENT_MS = [300, 1_000, 2_500, 5_000];
/** What a list waits for the slowest driver; its tokens are announced when it answers. */
const PATIENCE_MS = 4_000;
/** Between two signatures of a batch the driver is left alone. */
const QUIET_AFTER_USE_MS = 10_000;
const IDLE_LOGOUT_MS = 5 * 60_000;
/** Time for the last answer to leave the process. */
const LAST_ANSWER_MS = 200;

// A driver that hangs keeps a thread of the pool for ever: with Node's four, four such drivers would stop all others.
process.env['UV_THREADPOOL_SIZE'] ??= '32';

function endHard(): void {
  process.kill(process.pid, 'SIGKILL');
}

process.on('exit', endHard);
process.on('disconnect', endHard);

serveRoom(tokenRoom, async (init, host) => {
  const limits = init.timeLimits ?? DEFAULT_LIMITS;
  const idleLogoutMs = init.timeLimits?.idleLogoutMs ?? IDLE_LOGOUT_MS;
  const rules = init.discovery ?? null;
  const candidates = await discoverModules(init.modules, rules);
  const modules = candidates
    .filter(({ state, source }) => state === 'loadable' || (state === 'refused' && source === 'policy'))
    .map(({ path }) => new Pkcs11Source(path, limits));
  for (const { path, state, failure } of candidates)
    if (state !== 'loadable') host.log('info', `token driver ${path}: ${state} ${failure?.detail ?? ''}`);

  let isEnding = false;
  const sources = new TokenSources(
    [...modules, ...init.keyFiles.map((file) => new KeyFileSource(file))],
    Math.min(PATIENCE_MS, limits.probeMs),
    {
      onTrouble: (path, failure) => host.log('warn', `token source ${path}: ${failure.message}`),
      onHung: (path) => {
        host.emit('hung', { path });
        isEnding = true;
        endWhenUnused();
      },
      onLate: () => noticeChange(sources.lastSeen()),
    },
  );

  /** A driver that does not come back takes the process with it, but not in the middle of somebody else's signatures. */
  function endWhenUnused(): void {
    if (isEnding && !modules.some((source) => source.hasLogin && !source.isHung)) setTimeout(endHard, LAST_ANSWER_MS);
  }

  let lastSeen: string | undefined;
  function noticeChange(tokens: readonly Token[]): void {
    const seen = tokens
      .map((token) => [token.id, token.tries, ...token.certificates.map(({ id }) => id)].join())
      .join('\n');
    if (lastSeen !== undefined && seen !== lastSeen) host.emit('changed', { count: tokens.length });
    lastSeen = seen;
  }

  let isLooking = false;
  let lastLookMs = 0;
  async function lookAgain(): Promise<void> {
    if (isLooking || sources.isBusy) return;
    isLooking = true;
    try {
      noticeChange((await sources.look(true)).tokens);
    } finally {
      lastLookMs = Date.now();
      isLooking = false;
    }
  }

  async function poll(): Promise<void> {
    const idleMs = Date.now() - sources.lastUseMs;
    if (sources.hasLogin && idleMs > idleLogoutMs && !sources.isBusy) await sources.logoutEverywhere();
    endWhenUnused();
    // While somebody is logged in nothing is asked of any driver but what the batch itself asks.
    if (sources.hasLogin || idleMs < QUIET_AFTER_USE_MS) return;
    if (hasUsbEvents && Date.now() - lastLookMs < POLL_WITH_EVENTS_MS) return;
    await lookAgain();
  }

  const quietly = (work: () => Promise<void>): void =>
    void work().catch((thrown: unknown) => host.log('error', `token poll: ${String(thrown)}`));
  setInterval(() => quietly(poll), POLL_MS).unref();
  let hasUsbEvents = false;
  // Not waited for: a bus that does not answer must not keep the tokens waiting.
  if (modules.length > 0)
    void watchUsb(afterUsbEvent).then((isWatching) => {
      hasUsbEvents = isWatching;
    });

  function afterUsbEvent(): void {
    for (const delayMs of LOOKS_AFTER_EVENT_MS) setTimeout(() => quietly(lookAgain), delayMs).unref();
  }

  return {
    handlers: {
      async list() {
        const { tokens, failures } = await sources.look();
        noticeChange(tokens);
        const [first] = failures;
        // One driver of several that is missing is a line in the log; nothing that works at all is an answer.
        if (first && failures.length === sources.all.length) throw first;
        return tokens;
      },
      async login({ tokenId, pin }) {
        const bytes = pin === null ? null : Buffer.from(pin.buffer, pin.byteOffset, pin.length);
        try {
          return { tries: await sources.login(tokenId, bytes) };
        } finally {
          bytes?.fill(0);
        }
      },
      async sign({ tokenId, certificateId, digest, message }) {
        const toSign = {
          digest: Buffer.from(digest, 'base64'),
          message: message === undefined ? undefined : Buffer.from(message, 'base64'),
        };
        if (toSign.digest.length !== 32) throw new Failure('bad-request', 'a SHA-256 digest has 32 bytes');
        if (toSign.message && !createHash('sha256').update(toSign.message).digest().equals(toSign.digest))
          throw new Failure('bad-request', 'the digest is not that of the message');
        return sources.sign(tokenId, certificateId, toSign);
      },
      async logout({ tokenId }) {
        await sources.logout(tokenId);
        return null;
      },
      async diagnose() {
        const known = rules ? readKnownModules(rules.resourcesFolder).usb : [];
        return { ...(await diagnose(candidates, modules, known)), hasUsbEvents };
      },
    },
    close: endHard,
  };
});
