/** @file The words of `scan-options.vi.ts` in English. */
import type { Words } from './vi.ts';

export const scanOptionsEn: Pick<Words, 'scanOptions' | 'scanPapers' | 'scanAreas'> = {
  scanOptions: {
    byRule: 'For the component: {kind} — {how}',
    byOfficer: 'As chosen for {kind} — {how}',
    how: '{dpi} dpi, {colour}, {source}',
    inColour: 'colour',
    inGrey: 'grey',
    reset: 'Scan as proposed',
    remembered: 'This computer remembers how each scanner scans each kind of paper.',
    fallsToGlass: 'With an empty feeder take the page on the glass',
    area: 'Scan area',
    twin: '{name} — another connection ({driver})',
    pluggedIn: '{name} was plugged in',
  },
  scanPapers: {
    form: 'Forms and requests',
    certificate: 'Certificates and extracts',
    'small-print': 'Small print',
    card: 'ID card',
    drawing: 'Drawings',
    photograph: 'Photographs',
    paper: 'Papers',
    stack: 'The whole stack',
  },
  scanAreas: { a4: 'A4', a5: 'A5', a3: 'A3', card: 'Card (corner of the glass)', max: 'All the device has' },
};
