/**
 * @file What `scanimage -A` prints about a device, and the arguments we make of it. Option names come from the SANE
 * standard, their values are free text of each backend; the tables below hold what the common backends use.
 */
import { nearestDpi } from '../nearest-dpi.ts';
import { areaInMm } from '../scan-area.ts';
import type { ScanJob, ScanSource } from '../scanner.ts';

export interface DeviceOption {
  readonly choices: readonly string[];
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly isSwitch: boolean;
}

export type DeviceOptions = ReadonlyMap<string, DeviceOption>;

const USUAL_DPIS = [75, 100, 150, 200, 240, 300, 400, 600];
/** `    --source Flatbed|ADF Front [Flatbed]`, `    -y 0..297mm (in steps of 0.1) [297]`, `    --duplex[=(yes|no)] [no]` */
const OPTION_LINE =
  /^ {4}(--?[A-Za-z0-9-]+)(\[=\(yes\|no\)\]|\[=\(auto\|yes\|no\)\])?(?: (.*?))? \[([^[\]]*)\](?: \[[a-z ,]+\])*$/;
const RANGE = /^(?:auto\|)?(-?[\d.]+)\.\.(-?[\d.]+)/;
const UNIT = /(dpi|mm|%|us|bit|pel)$/;

/** Active options by name, with their dashes. */
export function parseDeviceOptions(text: string): DeviceOptions {
  const options = new Map<string, DeviceOption>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, yesNo, values = '', current] = OPTION_LINE.exec(line) ?? [];
    if (name === undefined || current === 'inactive') continue;
    const range = RANGE.exec(values);
    options.set(name, {
      choices:
        range || yesNo !== undefined
          ? []
          : values
              .replace(/ \(.*\)$/, '')
              .split('|')
              .map((value) => value.replace(UNIT, ''))
              .filter((value) => value !== ''),
      range: range ? { min: Number(range[1]), max: Number(range[2]) } : null,
      isSwitch: yesNo !== undefined,
    });
  }
  return options;
}

/** Which of our sources a backend's source name means; null for backs alone, film and card slots. */
export function sourceOf(name: string): ScanSource | null {
  if (/\bback\b|transparen|negative|slide|film|\bcard\b|\btma\b|\btpu/i.test(name)) return null;
  if (/duplex|double.?sided|two.?sided|both sides/i.test(name)) return 'adf-duplex';
  if (/flatbed|platen|glass|normal/i.test(name)) return 'flatbed';
  if (/\badf\b|feeder|\bauto/i.test(name)) return 'adf';
  return null;
}

export function sourcesOf(options: DeviceOptions): ScanSource[] {
  const names = options.get('--source')?.choices ?? [];
  const sources = new Set(names.map(sourceOf).filter((source) => source !== null));
  if (sources.has('adf') && duplexArguments(options, true).length > 0) sources.add('adf-duplex');
  if (sources.size === 0) sources.add('flatbed'); // no choice means one way in
  return (['adf-duplex', 'adf', 'flatbed'] as const).filter((source) => sources.has(source));
}

export function dpisOf(options: DeviceOptions): number[] {
  const option = options.get('--resolution');
  const { range } = option ?? {};
  if (range) return USUAL_DPIS.filter((dpi) => dpi >= range.min && dpi <= range.max);
  return (option?.choices ?? [])
    .map(Number)
    .filter((dpi) => Number.isInteger(dpi) && dpi >= 50)
    .sort((a, b) => a - b);
}

/**
 * What single backends need besides, by option and value: set where a device has them. Two sheets at once stop the scan
 * instead of hiding a page (fujitsu, canon_dr); blank pages are hidden by us, never thrown away by a driver (fujitsu, genesys).
 */
const EXTRAS: readonly (readonly [option: string, value: string])[] = [
  ['--df-action', 'Stop'],
  ['--df-thickness', 'yes'],
  ['--swskip', '0'],
];

function takes(option: DeviceOption | undefined, value: string): boolean {
  if (option === undefined) return false;
  if (option.range) return Number(value) >= option.range.min && Number(value) <= option.range.max;
  return option.isSwitch ? value === 'yes' || value === 'no' : option.choices.includes(value);
}

export interface ScanArguments {
  readonly arguments: readonly string[];
  readonly dpi: number;
}

/** The part of the command line that sets the device. Null when the device lacks the source. */
export function scanArguments(options: DeviceOptions, job: ScanJob): ScanArguments | null {
  if (!sourcesOf(options).includes(job.source)) return null;
  const dpi = nearestDpi(dpisOf(options), job.dpi);
  const mode = modeOf(options, job.colour);
  const area = areaInMm(job.area);
  const list = [
    ...sourceArguments(options, job.source),
    ...(mode === null ? [] : [`--mode=${mode}`]),
    ...(options.get('--depth')?.choices.includes('8') ? ['--depth=8'] : []),
    ...(options.has('--resolution') ? [`--resolution=${dpi}`] : []),
    ...EXTRAS.flatMap(([name, value]) => (takes(options.get(name), value) ? [`${name}=${value}`] : [])),
    // The medium before the area: fujitsu clips -x and -y to it.
    ...lengthArguments(options, '--page-width', area?.width),
    ...lengthArguments(options, '--page-height', area?.height),
    ...lengthArguments(options, '-x', area?.width),
    ...lengthArguments(options, '-y', area?.height),
  ];
  return { arguments: list, dpi };
}

function sourceArguments(options: DeviceOptions, source: ScanSource): string[] {
  const names = options.get('--source')?.choices ?? [];
  const exact = names.find((name) => sourceOf(name) === source);
  if (exact !== undefined) return [`--source=${exact}`, ...(source === 'adf' ? duplexArguments(options, false) : [])];
  const feeder = source === 'adf-duplex' ? names.find((name) => sourceOf(name) === 'adf') : undefined;
  return feeder === undefined ? [] : [`--source=${feeder}`, ...duplexArguments(options, true)];
}

/** Backends whose feeder has duplex as an option of its own: epson2 and epkowa (`--adf-mode`), hpaio (`--duplex`). */
function duplexArguments(options: DeviceOptions, isDuplex: boolean): string[] {
  const wanted = isDuplex ? 'Duplex' : 'Simplex';
  if (options.get('--adf-mode')?.choices.includes(wanted)) return [`--adf-mode=${wanted}`];
  return options.get('--duplex')?.isSwitch ? [`--duplex=${isDuplex ? 'yes' : 'no'}`] : [];
}

function modeOf(options: DeviceOptions, colour: boolean): string | null {
  const modes = options.get('--mode')?.choices ?? [];
  const patterns = colour
    ? [/^colou?r$/i, /24.?bit colou?r/i, /colou?r/i]
    : [/^gr[ae]y$/i, /true gr[ae]y|gr[ae]yscale/i, /gr[ae]y/i];
  return patterns.map((pattern) => modes.find((mode) => pattern.test(mode))).find((mode) => mode !== undefined) ?? null;
}

/** Null: all that the device has. */
function lengthArguments(options: DeviceOptions, name: string, wantedMm: number | undefined): string[] {
  const range = options.get(name)?.range;
  if (!range) return [];
  const value = String(Math.max(range.min, Math.min(wantedMm ?? range.max, range.max)));
  return name.startsWith('--') ? [`${name}=${value}`] : [name, value];
}
