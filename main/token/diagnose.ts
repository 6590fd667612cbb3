/** @file What the self check tells of drivers, slots and USB tokens: why something is not seen, in facts. */
import { Failure } from '../rooms/failure.ts';
import type { ModuleCandidate } from './discover-modules.ts';
import type { KnownModules } from './known-modules.ts';
import type { Pkcs11Source } from './pkcs11-token.ts';
import type { Diagnosis, ModuleReport } from './protocol.ts';
import { listUsbTokens } from './usb-tokens.ts';

export async function diagnose(
  candidates: readonly ModuleCandidate[],
  sources: readonly Pkcs11Source[],
  usb: KnownModules['usb'],
): Promise<Omit<Diagnosis, 'hasUsbEvents'>> {
  const [modules, usbTokens] = await Promise.all([
    Promise.all(
      candidates.map((candidate) =>
        reportOf(
          candidate,
          sources.find((source) => source.path === candidate.path),
        ),
      ),
    ),
    listUsbTokens(usb),
  ]);
  return { modules, usbTokens };
}

async function reportOf(
  { path, authority, source: origin, architecture, state, failure }: ModuleCandidate,
  source: Pkcs11Source | undefined,
): Promise<ModuleReport> {
  const base = { path, authority, source: origin, architecture, library: null, slots: [] };
  const failed = (as: ModuleReport['state'], why: Failure | null): ModuleReport => ({
    ...base,
    state: as,
    code: why?.code ?? null,
    detail: why?.detail ?? null,
  });
  if (state !== 'loadable' || !source) return failed(state === 'loadable' ? 'failed' : state, failure);
  try {
    const { library, slots } = await source.diagnose();
    return { ...base, state: 'ready', code: null, detail: null, library: library && { ...library }, slots };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return failed(thrown.code === 'token-not-responding' ? 'hung' : 'failed', thrown);
  }
}
