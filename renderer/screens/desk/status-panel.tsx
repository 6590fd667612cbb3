/** @file What each of the four states means and what to do; and the check of every device. */
import { Button, Group, Loader, Radio, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DeviceCheck } from '../../../preload/types.ts';
import { ask } from '../../app/bridge.ts';
import { SidePanel } from '../../components/dialog.tsx';
import { Key, StateWord } from '../../components/marks.tsx';
import { formatDateTime, formatDay } from '../../language/format.ts';
import { fill, wordFor } from '../../language/words.ts';
import { signingKeys } from '../../state/actions.ts';
import { openPanel, useDesk, type PanelName } from '../../state/desk.ts';
import { checkDevices, loadScanners, useDevices, useJobs } from '../../state/lists.ts';
import { chooseScanner, scannerOf } from '../../state/preferences.ts';
import { useSession, useWords } from '../../state/session.ts';
import { showFailure } from '../../state/failures.ts';
import { deviceName } from '../dossier/scan-options.tsx';
import { VerificationPanel } from '../verification/verification-panel.tsx';
import { BridgePart } from './bridge-part.tsx';
import classes from './desk.module.css';

export function StatusPanel(): ReactNode {
  const words = useWords();
  const panel = useDesk((view) => view.panel);
  const titles: Readonly<Record<PanelName, string>> = {
    verification: words.verification.title,
    scanner: words.panel.scannerTitle,
    token: words.panel.tokenTitle,
    sync: words.panel.syncTitle,
    practice: words.panel.practiceTitle,
    devices: words.panel.checkTitle,
  };
  return (
    <SidePanel
      isOpen={panel !== null}
      onClose={() => openPanel(null)}
      size="34rem"
      title={panel === null ? '' : titles[panel]}
    >
      {panel === 'scanner' ? <ScannerPanel /> : null}
      {panel === 'token' ? <TokenPanel /> : null}
      {panel === 'sync' ? <SyncPanel /> : null}
      {panel === 'practice' ? <PracticePanel /> : null}
      {panel === 'devices' ? <DevicesPanel /> : null}
      {panel === 'verification' ? <VerificationPanel /> : null}
    </SidePanel>
  );
}

function ScannerPanel(): ReactNode {
  const words = useWords();
  const { scanners, scannerId } = useDevices();
  return (
    <Stack gap="md">
      <span>{words.panel.scannerMeans}</span>
      {scanners === null ? (
        <Loader aria-label={words.status.scannerLooking} />
      ) : scanners.length === 0 ? (
        <strong>{words.panel.scannerDo}</strong>
      ) : (
        <Radio.Group
          label={words.panel.scannerChosen}
          value={scannerOf(scanners, scannerId)?.id ?? ''}
          onChange={(value) => chooseScanner(value)}
        >
          <Stack gap="sm" mt="sm">
            {scanners.map((device) => (
              <Radio key={device.id} value={device.id} label={deviceName(words, device)} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <Group>
        <Button onClick={() => void loadScanners()} loading={scanners === null}>
          {words.panel.scannerAgain}
        </Button>
      </Group>
    </Stack>
  );
}

function TokenPanel(): ReactNode {
  const words = useWords();
  const { tokens, signingKey } = useDevices();
  // The choice of a running batch stands until it has ended.
  const isSigning = useJobs((view) => view.jobs.some((job) => job.kind === 'sign'));
  const keys = signingKeys(tokens ?? []);
  return (
    <Stack gap="md">
      <span>{words.panel.tokenMeans}</span>
      {(tokens ?? []).length === 0 ? <strong>{words.panel.tokenDo}</strong> : null}
      {keys.length === 0 ? null : (
        <Radio.Group
          label={words.finish.token}
          value={signingKey ?? keys[0]?.value ?? ''}
          onChange={(value) => useDevices.setState({ signingKey: value })}
        >
          <Stack gap="sm" mt="sm">
            {keys.map((key) => {
              const certificate = tokens
                ?.flatMap((token) => token.certificates)
                .find((one) => one.id === key.certificateId);
              return (
                <Radio
                  key={key.value}
                  value={key.value}
                  disabled={isSigning}
                  label={key.label}
                  description={
                    certificate === undefined
                      ? undefined
                      : fill(words.panel.tokenValid, { date: formatDay(certificate.notAfter) })
                  }
                />
              );
            })}
          </Stack>
        </Radio.Group>
      )}
      {(tokens ?? []).map((token) =>
        token.certificates
          .filter((certificate) => !certificate.canSign)
          .map((certificate) => (
            <span key={`${token.id}${certificate.id}`}>
              {certificate.subject}: <StateWord tone="warn">{words.panel.tokenCannotSign}</StateWord>
            </span>
          )),
      )}
      {(tokens ?? []).length > 0 && keys.length === 0 ? <strong>{words.finish.noCertificate}</strong> : null}
    </Stack>
  );
}

function SyncPanel(): ReactNode {
  const words = useWords();
  const sync = useDevices((view) => view.sync);
  const rows: readonly (readonly [string, number])[] = [
    [words.panel.syncQueued, sync?.queued ?? 0],
    [words.panel.syncUploading, sync?.uploading ?? 0],
    [words.panel.syncWaiting, sync?.waiting ?? 0],
    [words.panel.syncHeldRow, sync?.held ?? 0],
    [words.panel.syncToday, sync?.receivedToday ?? 0],
  ];
  const offset = sync?.clockOffsetMs ?? 0;
  return (
    <Stack gap="xs">
      <span>{words.panel.syncMeans}</span>
      <dl className={classes['panelRows']}>
        {rows.map(([name, count]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <span className="muted">
        {sync?.lastContactAt == null
          ? words.panel.syncNever
          : fill(words.panel.syncLast, { time: formatDateTime(sync.lastContactAt) })}
      </span>
      {Math.abs(offset) > 60_000 ? (
        <StateWord tone="warn">{fill(words.panel.syncClock, { seconds: Math.round(offset / 1000) })}</StateWord>
      ) : null}
      <Group mt="md">
        <Button
          onClick={() =>
            void ask('sync.runNow', {}).then((answer) => {
              if (!answer.ok) showFailure(answer);
            })
          }
        >
          {words.panel.syncNow}
        </Button>
      </Group>
    </Stack>
  );
}

function PracticePanel(): ReactNode {
  const words = useWords();
  const isPractice = useSession((view) => view.session?.isPractice ?? false);
  return (
    <Stack gap="md">
      <span>{isPractice ? words.panel.practiceMeans : words.panel.realMeans}</span>
      {isPractice ? (
        <>
          <strong>{words.panel.walkTitle}</strong>
          <ol className={classes['walk']}>
            {[words.panel.walk1, words.panel.walk2, words.panel.walk3, words.panel.walk4, words.panel.walk5].map(
              (step) => (
                <li key={step}>{step}</li>
              ),
            )}
          </ol>
        </>
      ) : null}
    </Stack>
  );
}

const TONES = { ok: 'good', warning: 'warn', failed: 'wrong' } as const;

function checkSentence(check: DeviceCheck, sentences: Readonly<Record<string, string>>): string {
  const values = Object.entries(check.values).map(
    ([name, value]) =>
      [name, typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? formatDateTime(value) : value] as const,
  );
  return fill(wordFor(sentences, check.message), Object.fromEntries(values));
}

function DevicesPanel(): ReactNode {
  const words = useWords();
  const { checks, isChecking } = useDevices();
  const open = (checks ?? []).filter((check) => check.state !== 'ok').length;
  return (
    <Stack gap="xs">
      <strong role="status">
        {isChecking
          ? words.panel.checkRunning
          : checks === null
            ? ''
            : open === 0
              ? words.panel.checkAllGood
              : fill(words.panel.checkSome, { count: open })}
      </strong>
      <ul className={classes['checks']}>
        {(checks ?? []).map((check, index) => (
          <li key={`${check.part}${index}`} data-testid={`check-${check.part}`}>
            <strong>{words.parts[check.part]}</strong>
            <StateWord tone={TONES[check.state]}>{words.checkStates[check.state]}</StateWord>
            <span>{checkSentence(check, words.checks)}</span>
          </li>
        ))}
      </ul>
      <BridgePart />
      <Group>
        <Button loading={isChecking} onClick={() => void checkDevices()} rightSection={<Key>F9</Key>}>
          {words.panel.checkAgain}
        </Button>
      </Group>
    </Stack>
  );
}
