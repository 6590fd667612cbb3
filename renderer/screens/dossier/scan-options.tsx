/** @file Scan and import, and how it is scanned: what the procedure's papers ask for, until the officer chooses otherwise. */
import { Button, Checkbox, Group, Popover, Select, Stack } from '@mantine/core';
import { IconFileImport, IconScan, IconSettings } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import type { ScanArea, ScannerDevice, ScanProposal, ScanSource } from '../../../preload/types.ts';
import { Key } from '../../components/marks.tsx';
import { fill, type Words } from '../../language/words.ts';
import { importFiles, scan } from '../../state/actions.ts';
import { useDevices, useJobs } from '../../state/lists.ts';
import {
  changeScanSettings,
  chooseScanner,
  loadScanProposal,
  resetScanSettings,
  scannerOf,
  useScanProposal,
  type ScanTarget,
} from '../../state/preferences.ts';
import { useWords } from '../../state/session.ts';

const AREAS: readonly ScanArea[] = ['a4', 'a5', 'a3', 'card', 'max'];

/** @param pageCount pages of the dossier: which components are still missing changes with them, and so does the proposal. */
interface ScanOptionsProps extends ScanTarget {
  readonly pageCount: number;
}

export function CaptureBar(props: ScanOptionsProps): ReactNode {
  const words = useWords();
  const isScanning = useJobs((view) => view.jobs.some((job) => job.kind === 'scan'));
  return (
    <Group gap="sm">
      <Button
        leftSection={<IconScan size="1.25rem" stroke={1.75} aria-hidden />}
        rightSection={<Key>F2</Key>}
        loading={isScanning}
        onClick={() => void scan()}
        data-section-first
        data-testid="scan"
      >
        {words.papers.scan}
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileImport size="1.25rem" stroke={1.5} aria-hidden />}
        onClick={() => void importFiles()}
        data-testid="import"
      >
        {words.papers.import}
      </Button>
      <ScanOptions {...props} />
    </Group>
  );
}

export function ScanOptions({ dossierId, componentId, pageCount }: ScanOptionsProps): ReactNode {
  const words = useWords();
  const scanners = useDevices((view) => view.scanners);
  const device = useDevices((view) => scannerOf(view.scanners, view.scannerId));
  const proposal = useScanProposal((view) => view.proposal);
  const deviceId = device?.id;
  useEffect(() => {
    if (deviceId !== undefined) void loadScanProposal({ dossierId, componentId });
  }, [deviceId, dossierId, componentId, pageCount]);

  if (device === null)
    return <span className="muted">{scanners === null ? words.status.scannerLooking : words.papers.noDevice}</span>;
  return (
    <Popover withinPortal={false} trapFocus position="bottom-start" width="22rem">
      <Popover.Target>
        <Button
          variant="subtle"
          leftSection={<IconSettings size="1.25rem" stroke={1.5} aria-hidden />}
          data-testid="scan-options"
        >
          <span className="visually-hidden">{words.papers.options}: </span>
          {device.name}
        </Button>
      </Popover.Target>
      {proposal === null ? null : (
        <span className="muted" data-testid="scan-proposal">
          {proposalText(words, proposal)}
        </span>
      )}
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            label={words.papers.device}
            value={device.id}
            allowDeselect={false}
            data={(scanners ?? []).map((one) => ({ value: one.id, label: deviceName(words, one) }))}
            onChange={(value) => value !== null && chooseScanner(value)}
            comboboxProps={{ withinPortal: false }}
            data-testid="scan-device"
          />
          {proposal === null ? null : (
            <SettingsOf device={device} proposal={proposal} target={{ dossierId, componentId }} />
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function SettingsOf({
  device,
  proposal,
  target,
}: {
  readonly device: ScannerDevice;
  readonly proposal: ScanProposal;
  readonly target: ScanTarget;
}): ReactNode {
  const words = useWords();
  const { source, fallsToGlass, dpi, colour, area } = proposal.settings;
  const hasBoth = device.sources.includes('flatbed') && source !== 'flatbed';
  return (
    <>
      <Select
        label={words.papers.source}
        value={source}
        allowDeselect={false}
        data={device.sources.map((one) => ({ value: one, label: words.scanSources[one] }))}
        onChange={(value) => {
          const chosen = value as ScanSource;
          void changeScanSettings(target, { source: chosen, ...(chosen === 'flatbed' ? { fallsToGlass: false } : {}) });
        }}
        comboboxProps={{ withinPortal: false }}
        data-testid="scan-source"
      />
      {hasBoth ? (
        <Checkbox
          label={words.scanOptions.fallsToGlass}
          checked={fallsToGlass}
          onChange={(event) => void changeScanSettings(target, { fallsToGlass: event.currentTarget.checked })}
          data-testid="scan-falls-to-glass"
        />
      ) : null}
      <Select
        label={words.papers.dpi}
        value={String(dpi)}
        allowDeselect={false}
        data={[...new Set([...device.dpis, dpi])]
          .sort((a, b) => a - b)
          .map((one) => ({ value: String(one), label: `${one} dpi` }))}
        onChange={(value) => void changeScanSettings(target, { dpi: Number(value) })}
        comboboxProps={{ withinPortal: false }}
        data-testid="scan-dpi"
      />
      <Select
        label={words.scanOptions.area}
        value={area}
        allowDeselect={false}
        data={AREAS.map((one) => ({ value: one, label: words.scanAreas[one] }))}
        onChange={(value) => void changeScanSettings(target, { area: value as ScanArea })}
        comboboxProps={{ withinPortal: false }}
        data-testid="scan-area"
      />
      <Checkbox
        label={words.papers.colour}
        checked={colour}
        onChange={(event) => void changeScanSettings(target, { colour: event.currentTarget.checked })}
        data-testid="scan-colour"
      />
      <span className="muted">{words.scanOptions.remembered}</span>
      {proposal.origin === 'officer' ? (
        <Button variant="default" onClick={() => void resetScanSettings(target)} data-testid="scan-reset">
          {words.scanOptions.reset}
        </Button>
      ) : null}
    </>
  );
}

function proposalText(words: Words, { origin, kind, settings }: ScanProposal): string {
  const how = fill(words.scanOptions.how, {
    dpi: settings.dpi,
    colour: settings.colour ? words.scanOptions.inColour : words.scanOptions.inGrey,
    source: words.scanSources[settings.source].toLocaleLowerCase('vi'),
  });
  const sentence = origin === 'rule' ? words.scanOptions.byRule : words.scanOptions.byOfficer;
  return fill(sentence, { kind: words.scanPapers[kind], how });
}

/** A device that is in the list twice says by which driver. */
export function deviceName(words: Words, { name, driver, twinOf }: ScannerDevice): string {
  return twinOf === undefined ? name : fill(words.scanOptions.twin, { name, driver: driver.toUpperCase() });
}
