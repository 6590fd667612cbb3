/** @file The `ScanSettings` document: what we ask of a device, never more than it said it can do. */
import { Failure } from '../../../rooms/failure.ts';
import { nearestDpi } from '../nearest-dpi.ts';
import { areaInMm, type ScanArea } from '../scan-area.ts';
import type { ScanJob } from '../scanner.ts';
import type { ColourMode, EsclCapabilities, InputCapabilities } from './capabilities.ts';
import { escapeXml } from './xml.ts';

/** The unit of regions: 1/300 inch. */
const UNITS_PER_MM = 300 / 25.4;
/** For a device that tells no size and is asked for all of it. */
const A4_MM = { width: 210, height: 297 };

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
  const region = regionOf(input, job.area);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">',
    element('pwg:Version', '2.0'),
    intent === undefined ? '' : element('scan:Intent', intent),
    '<pwg:ScanRegions><pwg:ScanRegion>',
    element('pwg:ContentRegionUnits', 'escl:ThreeHundredthsOfInches'),
    element('pwg:XOffset', 0),
    element('pwg:YOffset', 0),
    element('pwg:Width', region.width),
    element('pwg:Height', region.height),
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

function chooseColourMode(input: InputCapabilities, colour: boolean): ColourMode {
  const order: readonly ColourMode[] = colour
    ? ['RGB24', 'Grayscale8', 'BlackAndWhite1']
    : ['Grayscale8', 'RGB24', 'BlackAndWhite1'];
  return order.find((mode) => input.colourModes.includes(mode)) ?? (colour ? 'RGB24' : 'Grayscale8');
}

/** What was wished for, inside what the device can do. */
function regionOf(input: InputCapabilities, area: ScanArea | undefined): { width: number; height: number } {
  const wanted = areaInMm(area);
  const side = (mm: number | undefined, most: number, least: number, usual: number): number => {
    const units = mm === undefined ? (Number.isFinite(most) ? most : usual * UNITS_PER_MM) : mm * UNITS_PER_MM;
    return clamp(Math.round(units), least, most);
  };
  return {
    width: side(wanted?.width, input.maxWidth, input.minWidth, A4_MM.width),
    height: side(wanted?.height, input.maxHeight, input.minHeight, A4_MM.height),
  };
}

function element(name: string, value: string | number): string {
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
