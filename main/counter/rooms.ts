/**
 * @file Starts the rooms in the order they need each other and brokers what `sync` asks of `store`. This is the only
 * place that knows all of them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessToDeposit, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import { bridgeRoom, type BridgeRoom } from '../bridge/protocol.ts';
import { imagingRoom } from '../imaging/protocol.ts';
import type { Machine } from '../ports/ports.ts';
import type { Handlers } from '../rooms/define.ts';
import { Failure, toRefusal, unwrap } from '../rooms/failure.ts';
import { Supervisor } from '../rooms/supervisor.ts';
import type { Settings } from '../settings/settings.ts';
import { openUnlockSecret } from '../settings/unlock-secret.ts';
import { storeRoom } from '../store/protocol.ts';
import { syncRoom, type ProvinceSettings } from '../sync/protocol.ts';
import { signaturesRoom } from '../signatures/protocol.ts';
import { tokenRoom } from '../token/protocol.ts';
import { bridgeFolderOf, openLocalCertificate } from './bridge/local-certificate.ts';
import { secretBoxOf } from './secret-box.ts';
import { openPracticeProvince, type PracticeProvince } from './practice-province.ts';
import { openPracticeKeys } from './practice-keys.ts';
import { withPracticeStamps } from './practice-time-stamps.ts';
import { tokenDrivers } from './token-drivers.ts';
import { validationFetch } from './validation-fetch.ts';

export interface Rooms {
  readonly store: Supervisor<typeof storeRoom>;
  readonly sync: Supervisor<typeof syncRoom>;
  readonly imaging: Supervisor<typeof imagingRoom>;
  readonly signatures: Supervisor<typeof signaturesRoom>;
  readonly token: Supervisor<typeof tokenRoom>;
  /** Drivers that hung get another chance from the next start of the token room on. */
  readonly forgiveTokenDrivers: () => void;
  readonly bridge: Supervisor<BridgeRoom>;
  /** Who answers the calls of web pages; without one the bridge opens no port. */
  readonly serveWebPages: (perform: Handlers<BridgeRoom['asks']>['perform']) => void;
  readonly practiceProvince: PracticeProvince | null;
  /** For what was deposited and is not yet part of anything. */
  readonly accessTo: (deposit: Deposit) => BlobAccess;
  readonly stop: () => Promise<void>;
}

export interface RoomChoices {
  /** PKCS#12 files beside the practice key (command line `--p12`). */
  readonly keyFiles?: readonly { readonly path: string; readonly label: string; readonly isPractice: boolean }[];
  readonly isSyncAutomatic: boolean;
  /** What web pages are told that ask for one. */
  readonly version?: string;
}

export function prepareRooms(machine: Machine, settings: Settings, choices: RoomChoices): Rooms {
  const { launch, paths, log } = machine;
  const storeFolder = join(paths.data, 'store');
  const secretBox = secretBoxOf(machine, settings);
  const incomingFolder = join(storeFolder, 'incoming');
  mkdirSync(incomingFolder, { recursive: true, mode: 0o700 });
  const onLog = (room: string) => (level: string, text: string) => log(level, `${room}: ${text}`);

  const practiceProvince =
    settings.mode === 'practice' && settings.province === null ? openPracticeProvince(machine, settings) : null;
  const province = async (): Promise<ProvinceSettings | null> =>
    settings.province ?? (practiceProvince ? practiceProvince.settings() : null);

  const store = new Supervisor(storeRoom, {
    launch,
    onLog: onLog('store'),
    init: async () => ({
      folder: storeFolder,
      resourcesFolder: paths.resources,
      unlock: openUnlockSecret(paths.data, storeFolder, secretBox),
      agencyCode: settings.agency.code,
      counterId: settings.counter.id,
      agencyNames: [settings.agency.name, settings.agency.parentName],
      receiptKeys: (await province())?.receiptKeys ?? [],
      isPractice: settings.mode === 'practice',
      resultLevel: settings.signing.resultLevel,
      resultSignatures: settings.signing.resultSignatures,
      utcOffsetMinutes: settings.utcOffsetMinutes,
    }),
  });
  const sync = new Supervisor(syncRoom, {
    launch,
    onLog: onLog('sync'),
    init: async () => ({ province: await province(), isAutomatic: choices.isSyncAutomatic }),
    asks: {
      nextJob: async () => unwrap(await store.call('nextJob', {})),
      reportStep: async (params) => unwrap(await store.call('reportStep', params)),
      feedCursor: async () => unwrap(await store.call('feedCursor', {})),
      applyFeed: async (params) => unwrap(await store.call('applyFeed', params)),
      wantedNumbers: async () => unwrap(await store.call('wantedNumbers', {})),
      storeNumbers: async (params) => unwrap(await store.call('storeNumbers', params)),
    },
  });
  const imaging = new Supervisor(imagingRoom, {
    launch,
    onLog: onLog('imaging'),
    init: () => ({ incomingFolder, resourcesFolder: paths.resources, ocrWorkers: settings.ocrWorkers }),
  });
  const signatures = new Supervisor(signaturesRoom, {
    launch,
    onLog: onLog('signatures'),
    init: () => ({
      incomingFolder,
      resourcesFolder: paths.resources,
      cacheFolder: join(paths.data, 'validation-cache'),
    }),
    asks: {
      fetch:
        settings.mode === 'practice'
          ? withPracticeStamps(validationFetch(machine.fetch), paths.data, machine.clock.now)
          : validationFetch(machine.fetch),
    },
  });
  const drivers = tokenDrivers(settings, paths.resources);
  const token = new Supervisor(tokenRoom, {
    launch,
    onLog: onLog('token'),
    init: () => ({
      ...drivers.init(),
      keyFiles: [...(settings.mode === 'practice' ? openPracticeKeys(paths.data) : []), ...(choices.keyFiles ?? [])],
    }),
  });
  drivers.watch(token);

  let performWebCall: Handlers<BridgeRoom['asks']>['perform'] | undefined;
  const bridge = new Supervisor(bridgeRoom, {
    launch,
    onLog: onLog('bridge'),
    init: async () => {
      const { port, allowedOrigins, allowedHosts, maxFileBytes, sessionCookieName, isEnabled } = settings.bridge;
      return {
        incomingFolder,
        listen: isEnabled && performWebCall ? await listenSettings(port) : null,
        allowedOrigins: [...allowedOrigins],
        allowedHosts: [...allowedHosts],
        maxFileBytes,
        sessionCookieName,
        version: choices.version ?? '',
      };
    },
    asks: {
      perform: (call, context) => {
        if (!performWebCall) throw new Failure('bridge-not-supported');
        return performWebCall(call, context);
      },
    },
  });
  /** Without a keyring the private key could not be kept: no port then, and the reason in the log. */
  async function listenSettings(
    port: number,
  ): Promise<{ port: number; certificatePem: string; keyPem: string } | null> {
    try {
      const folder = bridgeFolderOf(paths.data);
      const { certificatePem, keyPem } = await openLocalCertificate(folder, secretBox, machine.clock.now());
      return { port, certificatePem, keyPem };
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      log('error', `bridge: no certificate for 127.0.0.1: ${code} ${detail}`);
      return null;
    }
  }

  return {
    store,
    sync,
    imaging,
    signatures,
    token,
    forgiveTokenDrivers: drivers.forgive,
    bridge,
    serveWebPages: (perform) => {
      performWebCall = perform;
    },
    practiceProvince,
    accessTo: (deposit) => accessToDeposit(incomingFolder, deposit),
    // Sync first, so that nothing is on its way while the store closes; the store last.
    stop: async () => {
      await Promise.all([bridge.stop(), sync.stop(), imaging.stop(), signatures.stop(), token.stop()]);
      await Promise.all([store.stop(), practiceProvince?.stop()]);
    },
  };
}
