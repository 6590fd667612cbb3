/** @file Giấy tờ: scan or import, sort pages under components, look at what was read from them. */
import { Button, Checkbox, Group, Popover, Select, Stack } from '@mantine/core';
import { IconFileImport, IconScan, IconSettings } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Dossier, ScanSource } from '../../../preload/types.ts';
import { Empty, Key, StateWord } from '../../components/marks.tsx';
import { importFiles, scan } from '../../state/actions.ts';
import { useDevices, useJobs } from '../../state/lists.ts';
import { useWords } from '../../state/session.ts';
import { Checklist } from './checklist.tsx';
import { FieldList } from './field-list.tsx';
import { Thumbnails } from './thumbnails.tsx';
import classes from './papers.module.css';

export function PapersSection({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const takesNoScan = dossier.procedure?.digitisesInput === false;
  return (
    <div className={classes['papers']}>
      {isEditable && !takesNoScan ? <CaptureBar /> : null}
      {takesNoScan ? <StateWord tone="quiet">{words.procedure.noScan}</StateWord> : null}
      {dossier.pages.length === 0 ? (
        isEditable && !takesNoScan ? (
          <Empty>{words.papers.empty}</Empty>
        ) : null
      ) : (
        <Thumbnails dossier={dossier} isEditable={isEditable} />
      )}
      {dossier.procedure === null ? (
        <p className="muted">{words.papers.needProcedure}</p>
      ) : (
        <Checklist dossier={dossier} isEditable={isEditable} />
      )}
      <FieldList dossier={dossier} isEditable={isEditable} />
    </div>
  );
}

function CaptureBar(): ReactNode {
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
      <ScanOptions />
    </Group>
  );
}

function ScanOptions(): ReactNode {
  const words = useWords();
  const { scanners, scannerId, scanSource, scanDpi, scanColour } = useDevices();
  const device = scanners?.find((one) => one.id === scannerId) ?? scanners?.[0];
  if (device === undefined)
    return <span className="muted">{scanners === null ? words.status.scannerLooking : words.papers.noDevice}</span>;
  const source =
    scanSource !== null && device.sources.includes(scanSource)
      ? scanSource
      : (device.sources.find((one) => one !== 'flatbed') ?? device.sources[0]);
  return (
    <Popover withinPortal={false} trapFocus position="bottom-start" width="20rem">
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
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            label={words.papers.device}
            value={device.id}
            allowDeselect={false}
            data={(scanners ?? []).map((one) => ({ value: one.id, label: one.name }))}
            onChange={(value) => useDevices.setState({ scannerId: value })}
            comboboxProps={{ withinPortal: false }}
            data-testid="scan-device"
          />
          <Select
            label={words.papers.source}
            value={source ?? null}
            allowDeselect={false}
            data={device.sources.map((one) => ({ value: one, label: words.scanSources[one] }))}
            onChange={(value) => useDevices.setState({ scanSource: value as ScanSource | null })}
            comboboxProps={{ withinPortal: false }}
            data-testid="scan-source"
          />
          <Select
            label={words.papers.dpi}
            value={String(scanDpi)}
            allowDeselect={false}
            data={[...new Set([...device.dpis, scanDpi])]
              .sort((a, b) => a - b)
              .map((dpi) => ({ value: String(dpi), label: `${dpi} dpi` }))}
            onChange={(value) => useDevices.setState({ scanDpi: Number(value) })}
            comboboxProps={{ withinPortal: false }}
            data-testid="scan-dpi"
          />
          <Checkbox
            label={words.papers.colour}
            checked={scanColour}
            onChange={(event) => useDevices.setState({ scanColour: event.currentTarget.checked })}
            data-testid="scan-colour"
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
