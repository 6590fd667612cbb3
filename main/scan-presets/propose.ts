/**
 * @file How a device should scan a component, or the stack of those that are still without pages. 200 dpi in colour is
 * the least that digitised copies must have (NĐ 30/2020/NĐ-CP, PL I, II.I) and what recognition reads as well as 300; QR codes of ID cards and
 * small print need 300.
 */
import type { PaperKind, ProcedureComponent, ScanSettings, ScannerDevice, ScanSource } from '../../preload/types.ts';
import { paperOf, type Paper } from './paper-kind.ts';

type Device = Pick<ScannerDevice, 'sources' | 'dpis'>;

interface Wish {
  readonly sources: readonly ScanSource[];
  readonly dpi: number;
  readonly area: ScanSettings['area'];
}

/** Backs are scanned wherever they may carry something: blank ones are hidden by themselves, a missing one is never noticed. */
const BOTH_SIDES: readonly ScanSource[] = ['adf-duplex', 'adf', 'flatbed'];
const FRONT: readonly ScanSource[] = ['adf', 'adf-duplex', 'flatbed'];
const GLASS: readonly ScanSource[] = ['flatbed', 'adf-duplex', 'adf'];

const WISHES: Readonly<Record<PaperKind, Wish>> = {
  form: { sources: BOTH_SIDES, dpi: 200, area: 'a4' },
  certificate: { sources: BOTH_SIDES, dpi: 200, area: 'a4' },
  paper: { sources: BOTH_SIDES, dpi: 200, area: 'a4' },
  stack: { sources: BOTH_SIDES, dpi: 200, area: 'a4' },
  'small-print': { sources: BOTH_SIDES, dpi: 300, area: 'a4' },
  // On the glass, where both sides fit beside each other on one A4; a card may break in a feeder.
  card: { sources: GLASS, dpi: 300, area: 'a4' },
  drawing: { sources: FRONT, dpi: 200, area: 'a3' },
  photograph: { sources: GLASS, dpi: 300, area: 'a4' },
};

export interface Proposed {
  readonly kind: PaperKind;
  readonly paper: string;
  readonly settings: ScanSettings;
}

/** What the rule says for these components on this device; no component at all is a stack of anything. */
export function proposeScan(
  components: readonly Pick<ProcedureComponent, 'name' | 'kind'>[],
  keywords: ReadonlyMap<string, readonly string[]>,
  device: Device,
): Proposed {
  const { kind, paper, dpi } = wantedOf(components.map((component) => paperOf(component, keywords)));
  const wish = WISHES[kind];
  const source = wish.sources.find((one) => device.sources.includes(one)) ?? device.sources[0] ?? 'flatbed';
  return {
    kind,
    paper,
    settings: {
      source,
      fallsToGlass: source !== 'flatbed' && device.sources.includes('flatbed'),
      dpi: usableDpi(device, dpi),
      colour: true,
      area: wish.area,
    },
  };
}

/**
 * One kind: that. Several: what goes through the feeder together, as fine as its finest sheet needs; cards and photographs go
 * on the glass by themselves and do not make the whole stack slower.
 */
function wantedOf(papers: readonly Paper[]): { kind: PaperKind; paper: string; dpi: number } {
  const inFeeder = papers.filter(({ kind }) => kind !== 'card' && kind !== 'photograph' && kind !== 'drawing');
  const together = inFeeder.length > 0 ? inFeeder : papers;
  const [first] = together;
  if (!first) return { kind: 'stack', paper: 'stack', dpi: WISHES.stack.dpi };
  const isOneKind = together.every(({ kind }) => kind === first.kind);
  const isOnePaper = together.every(({ paper }) => paper === first.paper);
  const kind = isOneKind ? first.kind : 'stack';
  return {
    kind,
    paper: isOneKind && isOnePaper ? first.paper : kind,
    dpi: Math.max(...together.map((paper) => WISHES[paper.kind].dpi)),
  };
}

/** What was chosen before, as far as the device (still) has it. */
export function fitToDevice(settings: ScanSettings, device: Device): ScanSettings {
  const source = device.sources.includes(settings.source) ? settings.source : (device.sources[0] ?? settings.source);
  return {
    ...settings,
    source,
    fallsToGlass: settings.fallsToGlass && source !== 'flatbed' && device.sources.includes('flatbed'),
    dpi: usableDpi(device, settings.dpi),
  };
}

/** The wanted resolution or the next finer one; a device that lists none is asked for the wanted one. */
function usableDpi({ dpis }: Device, wanted: number): number {
  return dpis.find((dpi) => dpi >= wanted) ?? dpis.at(-1) ?? wanted;
}
