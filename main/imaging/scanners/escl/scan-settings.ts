/** @file The `ScanSettings` document: what we ask of a device, never more than it said it can do. */
import { Failure } from '../../../rooms/failure.ts';
import type { ScanJob } from '../scanner.ts';
import type { ColourMode, EsclCapabilities, InputCapabilities } from './capabilities.ts';
import { escapeXml } from './xml.ts';

/** A4 in 1/300 inch. */
const A4_WIDTH = 2480;
const A4_HEIGHT = 3508;

export interface ScanSettings {
  readonly xml: string;
  readonly dpi: number;
  readonly colourMode: ColourMode;
}

/** @throws Failure `scanner-settings-refused` when the device lacks the source or cannot send JPEG. */
export function buildScanSettings(capabilities: EsclCapabilities, job: ScanJob, forcedMode?: ColourMode): ScanSettings {
  const input = capabilities.inputs[job.source];
  if (!input) throw new Failure('scanner-settings-refused', `${capabilities.model} has no ${job.source}`);
  if (!input.hasJpeg) throw new Failure('scanner-settings-refused', `${capabilities.model} sends no JPEG`);
  const dpi = nearestDpi(input.dpis, job.dpi);
  const colourMode = forcedMode ?? chooseColourMode(input, job.colour);
  const intent = ['TextAndGraphic', 'Document'].find((wanted) => input.intents.includes(wanted));
  const isFeeder = job.source !== 'flatbed';
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">',
    element('pwg:Version', '2.0'),
    intent === undefined ? '' : element('scan:Intent', intent),
    '<pwg:ScanRegions><pwg:ScanRegion>',
    element('pwg:ContentRegionUnits', 'escl:ThreeHundredthsOfInches'),
    element('pwg:XOffset', 0),
    element('pwg:YOffset', 0),
    element('pwg:Width', clamp(A4_WIDTH, input.minWidth, input.maxWidth)),
    element('pwg:Height', clamp(A4_HEIGHT, input.minHeight, input.maxHeight)),
    '</pwg:ScanRegion></pwg:ScanRegions>',
    // In the pwg namespace: HP M277 answers 400 to scan:InputSource.
    element('pwg:InputSource', isFeeder ? 'Feeder' : 'Platen'),
    element('scan:ColorMode', colourMode),
    element('pwg:DocumentFormat', 'image/jpeg'),
    input.hasFormatExtension ? element('scan:DocumentFormatExt', 'image/jpeg') : '',
    element('scan:XResolution', dpi),
    element('scan:YResolution', dpi),
    isFeeder ? element('scan:Duplex', String(job.source === 'adf-duplex')) : '',
    capabilities.leastCompression === null ? '' : element('scan:CompressionFactor', capabilities.leastCompression),
    '</scan:ScanSettings>',
  ];
  return { xml: lines.filter((line) => line !== '').join('\n'), dpi, colourMode };
}

/** The wanted resolution, else the next higher, else the highest there is. A device that names none gets the wanted one. */
export function nearestDpi(dpis: readonly number[], wanted: number): number {
  return dpis.find((dpi) => dpi >= wanted) ?? dpis.at(-1) ?? wanted;
}

function chooseColourMode(input: InputCapabilities, colour: boolean): ColourMode {
  const order: readonly ColourMode[] = colour
    ? ['RGB24', 'Grayscale8', 'BlackAndWhite1']
    : ['Grayscale8', 'RGB24', 'BlackAndWhite1'];
  return order.find((mode) => input.colourModes.includes(mode)) ?? (colour ? 'RGB24' : 'Grayscale8');
}

function element(name: string, value: string | number): string {
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
