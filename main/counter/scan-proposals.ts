/** @file How what comes next should be scanned: the officer's own choice for this device and paper, else the rule. */
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Dossier, ProcedureComponent, ScanProposal, ScannerDevice } from '../../preload/types.ts';
import { loadDocumentKeywords } from '../dossiers/document-keywords.ts';
import { fitToDevice, proposeScan } from '../scan-presets/propose.ts';
import type { Rooms } from './rooms.ts';
import type { ScannerList } from './scanner-list.ts';

export interface ScanProposals {
  readonly propose: (request: {
    readonly dossierId: string | null;
    readonly componentId: string | null;
    readonly deviceId: string;
  }) => Promise<Result<ScanProposal>>;
}

export function createScanProposals(
  rooms: Pick<Rooms, 'store'>,
  scanners: Pick<ScannerList, 'find'>,
  resourcesFolder: string,
): ScanProposals {
  let keywords: ReadonlyMap<string, readonly string[]> | undefined;
  return {
    propose: async ({ dossierId, componentId, deviceId }) => {
      const device = await scanners.find(deviceId);
      if (!device.ok) return device;
      const dossier = dossierId === null ? null : await rooms.store.call('get', { id: dossierId });
      if (dossier !== null && !dossier.ok) return dossier;
      const components = wantedComponents(dossier?.value ?? null, componentId);
      if (components === null) return refuse('not-found', componentId ?? '');
      keywords ??= loadDocumentKeywords(resourcesFolder);
      const proposed = proposeScan(components, keywords, device.value);
      const chosen = await rooms.store.call('scanSettings', { deviceId, paper: proposed.paper });
      const own = chosen.ok ? chosen.value : null;
      return ok({
        deviceId,
        kind: proposed.kind,
        paper: proposed.paper,
        settings:
          own === null
            ? proposed.settings
            : fitToDevice(own, device.value satisfies Pick<ScannerDevice, 'sources' | 'dpis'>),
        origin: own === null ? 'rule' : 'officer',
      });
    },
  };
}

/** The one that was named, else what must still be scanned, else everything that is handed in. Null for a component that is not there. */
function wantedComponents(dossier: Dossier | null, componentId: string | null): readonly ProcedureComponent[] | null {
  const checklist = dossier?.checklist ?? [];
  if (componentId !== null) {
    const item = checklist.find(({ component }) => component.id === componentId);
    return item ? [item.component] : null;
  }
  const handedIn = checklist.filter(({ component }) => component.kind === 'submitted');
  const missing = handedIn.filter(({ component, pageIds }) => component.mustDigitise && pageIds.length === 0);
  return (missing.length > 0 ? missing : handedIn).map(({ component }) => component);
}
