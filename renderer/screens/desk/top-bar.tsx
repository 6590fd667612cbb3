/** @file The top line: find or command, which desk, four states in words, and who is working. */
import { Menu, SegmentedControl } from '@mantine/core';
import {
  IconCloudCheck,
  IconCloudOff,
  IconCloudUpload,
  IconLogout,
  IconPrinter,
  IconSchool,
  IconSearch,
  IconSignature,
  IconUsb,
  IconUser,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TextPercent, ThemeChoice, TriesLeft } from '../../../preload/types.ts';
import { Key, type Tone } from '../../components/marks.tsx';
import { fill, type Words } from '../../language/words.ts';
import { openPanel, useDesk, type PanelName } from '../../state/desk.ts';
import { useDevices, useResults } from '../../state/lists.ts';
import { chooseTextPercent, chooseTheme } from '../../state/preferences.ts';
import { signOut, useHasRole, useSession, useWords } from '../../state/session.ts';
import { showSignatureImages } from '../../state/signature-places.ts';
import { SignatureImagesDialog } from '../signing/signature-images.tsx';
import { openCommandBox } from './command-box.tsx';
import classes from './desk.module.css';

export function TopBar(): ReactNode {
  const words = useWords();
  const session = useSession((view) => view.session);
  const isPractice = session?.isPractice ?? false;
  return (
    <header aria-label={words.regions.top}>
      <div className={classes['top']}>
        <h1 className={`${classes['brand']} visually-hidden`}>{words.app.name}</h1>
        <DeskChoice />
        <button type="button" className={classes['search']} onClick={openCommandBox} data-testid="command-button">
          <IconSearch size="1.125rem" aria-hidden />
          <span>{words.top.search}</span>
          <Key>Ctrl+K</Key>
        </button>
        <div role="group" className={classes['statuses']} aria-label={words.regions.status}>
          <ScannerStatus />
          <TokenStatus />
          <SyncStatusWord />
          <StatusButton
            panel="practice"
            name={words.status.practice}
            tone={isPractice ? 'warn' : 'quiet'}
            icon={<IconSchool size="1.25rem" stroke={1.75} aria-hidden />}
          >
            {isPractice ? words.status.practiceOn : words.status.practiceOff}
          </StatusButton>
        </div>
        <OfficerMenu />
        <SignatureImagesDialog />
      </div>
      {isPractice || (session !== null && session.host !== 'electron') ? (
        <p className={classes['practice']}>
          <span>{isPractice ? words.app.practiceBanner : ''}</span>
          <span>
            {session !== null && session.host !== 'electron'
              ? fill(words.app.developmentHost, { host: session.host })
              : ''}
          </span>
        </p>
      ) : null}
    </header>
  );
}

function DeskChoice(): ReactNode {
  const words = useWords();
  const desk = useDesk((view) => view.desk);
  const waiting = useResults((view) => view.waiting?.length ?? 0);
  const isSigner = useHasRole('signer');
  return (
    <div role="group" className={classes['desks']} aria-label={words.top.desks}>
      <button
        type="button"
        aria-pressed={desk === 'counter'}
        onClick={() => useDesk.setState({ desk: 'counter' })}
        data-testid="desk-counter"
      >
        {words.top.deskCounter}
      </button>
      {isSigner ? (
        <button
          type="button"
          aria-pressed={desk === 'signing'}
          onClick={() => useDesk.setState({ desk: 'signing' })}
          data-testid="desk-signing"
        >
          {words.top.deskSigning} {waiting === 0 ? '' : `(${waiting})`}
        </button>
      ) : null}
      <button
        type="button"
        aria-pressed={desk === 'backlog'}
        onClick={() => useDesk.setState({ desk: 'backlog' })}
        data-testid="desk-backlog"
      >
        {words.backlog.desk}
      </button>
    </div>
  );
}

interface StatusProps {
  readonly panel: PanelName;
  readonly name: string;
  readonly tone: Tone;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

function StatusButton({ panel, name, tone, icon, children }: StatusProps): ReactNode {
  return (
    <button type="button" data-tone={tone} onClick={() => openPanel(panel)} data-testid={`status-${panel}`}>
      {icon}
      <span className={classes['status']}>
        <span>{name}</span> <span>{children}</span>
      </span>
    </button>
  );
}

function ScannerStatus(): ReactNode {
  const words = useWords();
  const scanners = useDevices((view) => view.scanners);
  const isCounter = useHasRole('counter');
  if (!isCounter) return null;
  return (
    <StatusButton
      panel="scanner"
      name={words.status.scanner}
      tone={scanners === null ? 'busy' : scanners.length > 0 ? 'good' : 'warn'}
      icon={<IconPrinter size="1.25rem" stroke={1.75} aria-hidden />}
    >
      {scanners === null
        ? words.status.scannerLooking
        : scanners.length > 0
          ? words.status.scannerReady
          : words.status.scannerNone}
    </StatusButton>
  );
}

const WORST: readonly TriesLeft[] = ['locked', 'final', 'low', 'ok', 'unknown'];

function tokenWord(words: Words, tries: TriesLeft): { readonly tone: Tone; readonly text: string } {
  if (tries === 'locked') return { tone: 'wrong', text: words.status.tokenLocked };
  if (tries === 'final') return { tone: 'wrong', text: words.status.tokenFinal };
  if (tries === 'low') return { tone: 'warn', text: words.status.tokenLow };
  return { tone: 'good', text: words.status.tokenReady };
}

function TokenStatus(): ReactNode {
  const words = useWords();
  const tokens = useDevices((view) => view.tokens);
  const worst = WORST.find((tries) => tokens?.some((token) => token.tries === tries));
  const state =
    worst === undefined ? { tone: 'quiet' as const, text: words.status.tokenNone } : tokenWord(words, worst);
  return (
    <StatusButton
      panel="token"
      name={words.status.token}
      tone={state.tone}
      icon={<IconUsb size="1.25rem" stroke={1.75} aria-hidden />}
    >
      {state.text}
    </StatusButton>
  );
}

function SyncStatusWord(): ReactNode {
  const words = useWords();
  const sync = useDevices((view) => view.sync);
  const pending = sync === null ? 0 : sync.queued + sync.uploading + sync.waiting;
  const connection = sync?.connection ?? 'unknown';
  const text =
    sync !== null && sync.held > 0
      ? fill(words.status.syncHeld, { count: sync.held })
      : connection === 'offline'
        ? words.status.syncOffline
        : connection === 'refused'
          ? words.status.syncRefused
          : pending > 0
            ? fill(words.status.syncPending, { count: pending })
            : connection === 'online'
              ? words.status.syncOnline
              : words.status.syncUnknown;
  const tone: Tone =
    sync !== null && (sync.held > 0 || connection === 'refused')
      ? 'wrong'
      : connection === 'offline'
        ? 'warn'
        : connection === 'online'
          ? 'good'
          : 'quiet';
  const Icon = connection === 'offline' ? IconCloudOff : pending > 0 ? IconCloudUpload : IconCloudCheck;
  return (
    <StatusButton
      panel="sync"
      name={words.status.sync}
      tone={tone}
      icon={<Icon size="1.25rem" stroke={1.75} aria-hidden />}
    >
      {text}
    </StatusButton>
  );
}

function OfficerMenu(): ReactNode {
  const words = useWords();
  const officer = useSession((view) => view.session?.officer ?? null);
  const theme = useSession((view) => view.theme);
  const textPercent = useSession((view) => view.textPercent);
  const isSigner = useHasRole('signer');
  const keepsPictures = useHasRole('admin') || isSigner;
  if (officer === null) return null;
  return (
    <Menu position="bottom-end" width="20rem" closeOnItemClick={false} trapFocus withinPortal={false}>
      <Menu.Target>
        <button
          type="button"
          className={classes['officer']}
          aria-label={fill(words.top.officerMenu, { name: officer.name })}
          title={officer.name}
          data-testid="officer-menu"
        >
          <IconUser size="1.25rem" stroke={1.75} aria-hidden />
          <span>{officer.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.top.theme}</Menu.Label>
        <SegmentedControl
          fullWidth
          aria-label={words.top.theme}
          value={theme}
          onChange={(value) => chooseTheme(value as ThemeChoice)}
          data={[
            { value: 'light', label: words.top.themeLight },
            { value: 'dark', label: words.top.themeDark },
            { value: 'system', label: words.top.themeSystem },
          ]}
        />
        <Menu.Label>{words.top.textSize}</Menu.Label>
        <SegmentedControl
          fullWidth
          aria-label={words.top.textSize}
          value={String(textPercent)}
          onChange={(value) => chooseTextPercent(Number(value) as TextPercent)}
          data={['100', '125', '150'].map((value) => ({ value, label: `${value} %` }))}
        />
        <Menu.Divider />
        {keepsPictures ? (
          <Menu.Item
            leftSection={<IconSignature size="1.125rem" aria-hidden />}
            onClick={() => void showSignatureImages()}
            closeMenuOnClick
            data-testid="menu-signature-images"
          >
            {words.signing.images}
          </Menu.Item>
        ) : null}
        <Menu.Item
          leftSection={<IconLogout size="1.125rem" aria-hidden />}
          onClick={() => void signOut()}
          data-testid="sign-out"
        >
          {words.top.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
