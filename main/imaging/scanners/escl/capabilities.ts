/** @file What a device can do, from `ScannerCapabilities` (eSCL 2.x, namespaces pwg 2010/12 and hp escl 2011/05). */
import { Failure } from '../../../rooms/failure.ts';
import type { ScanSource } from '../scanner.ts';
import { find, findAll, findNumber, findText, readXml, type XmlElement } from './xml.ts';

export type ColourMode = 'RGB24' | 'Grayscale8' | 'BlackAndWhite1';

/** Sizes in 1/300 inch. */
export interface InputCapabilities {
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly minHeight: number;
  readonly maxHeight: number;
  readonly colourModes: readonly ColourMode[];
  readonly dpis: readonly number[];
  readonly intents: readonly string[];
  /** `image/jpeg` stands under `pwg:DocumentFormat`. */
  readonly hasJpeg: boolean;
  /** The device wants the format a second time as `scan:DocumentFormatExt`. */
  readonly hasFormatExtension: boolean;
}

export interface EsclCapabilities {
  readonly model: string;
  readonly uuid: string | null;
  readonly inputs: Readonly<Partial<Record<ScanSource, InputCapabilities>>>;
  /** Lowest compression, which is the best quality; null when the device has no such setting. */
  readonly leastCompression: number | null;
}

const MAX_NAME = 200;
const USUAL_DPIS = [75, 100, 150, 200, 240, 300, 400, 600];
const COLOUR_MODES: readonly ColourMode[] = ['RGB24', 'Grayscale8', 'BlackAndWhite1'];

export function parseCapabilities(xml: Uint8Array | string): EsclCapabilities {
  const root = readXml(xml);
  if (root.name !== 'ScannerCapabilities')
    throw new Failure('scanner-failed', `<${root.name}> instead of capabilities`);
  const platen = find(root, 'Platen', 'PlatenInputCaps');
  const simplex = find(root, 'Adf', 'AdfSimplexInputCaps');
  const duplex = find(root, 'Adf', 'AdfDuplexInputCaps');
  const hasDuplexOption = findAll(find(root, 'Adf', 'AdfOptions'), 'AdfOption').some(
    (option) => option.text.trim() === 'Duplex',
  );
  const twoSided = duplex ?? (hasDuplexOption ? simplex : undefined);
  return {
    model: (findText(root, 'MakeAndModel') ?? 'eSCL scanner').slice(0, MAX_NAME),
    uuid: readUuid(findText(root, 'UUID')),
    inputs: {
      ...(platen ? { flatbed: parseInput(platen) } : {}),
      ...(simplex ? { adf: parseInput(simplex) } : {}),
      ...(twoSided ? { 'adf-duplex': parseInput(twoSided) } : {}),
    },
    leastCompression: findNumber(root, 'CompressionFactorSupport', 'Min') ?? null,
  };
}

/** Null for what is none: devices send anything, and it becomes part of names that are kept. */
function readUuid(text: string | undefined): string | null {
  const uuid = text?.toLowerCase().replace(/^urn:uuid:/, '') ?? '';
  return /^[\w:.-]{1,100}$/.test(uuid) ? uuid : null;
}

function parseInput(input: XmlElement): InputCapabilities {
  const texts = (name: string): string[] => findAll(input, name).map((element) => element.text.trim());
  const extensions = texts('DocumentFormatExt');
  return {
    minWidth: findNumber(input, 'MinWidth') ?? 1,
    maxWidth: findNumber(input, 'MaxWidth') ?? Number.POSITIVE_INFINITY,
    minHeight: findNumber(input, 'MinHeight') ?? 1,
    maxHeight: findNumber(input, 'MaxHeight') ?? Number.POSITIVE_INFINITY,
    colourModes: COLOUR_MODES.filter((mode) => texts('ColorMode').includes(mode)),
    dpis: parseResolutions(input),
    intents: [...texts('Intent'), ...texts('SupportedIntent')],
    hasJpeg: [...texts('DocumentFormat'), ...extensions].includes('image/jpeg'),
    hasFormatExtension: extensions.includes('image/jpeg'),
  };
}

function parseResolutions(input: XmlElement): number[] {
  const discrete = findAll(input, 'DiscreteResolution').flatMap((element) => findNumber(element, 'XResolution') ?? []);
  const range = findAll(input, 'ResolutionRange').at(0);
  const min = findNumber(range, 'XResolution', 'Min') ?? findNumber(range, 'XResolutionRange', 'Min');
  const max = findNumber(range, 'XResolution', 'Max') ?? findNumber(range, 'XResolutionRange', 'Max');
  const ranged = min !== undefined && max !== undefined ? USUAL_DPIS.filter((dpi) => dpi >= min && dpi <= max) : [];
  return [...new Set([...discrete, ...ranged])].filter((dpi) => dpi >= 50 && dpi <= 4800).sort((a, b) => a - b);
}
