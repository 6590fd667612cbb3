import { describe, expect, test } from 'vitest';
import {
  dpisOf,
  parseDeviceOptions,
  scanArguments,
  sourceOf,
  sourcesOf,
} from '../../../main/imaging/scanners/sane/device-options.ts';
import { asScanimageFailure } from '../../../main/imaging/scanners/sane/scanimage.ts';

/** Option lines in the form `scanimage -A` prints them, one device per backend family. */
const DEVICES = {
  fujitsu: `
  Standard:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
    --mode Lineart|Halftone|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [600]
  Geometry:
    --page-width 0..224.846mm (in steps of 0.0211639) [215.872]
    --page-height 0..863.489mm (in steps of 0.0211639) [279.364]
    -l 0..215.872mm (in steps of 0.0211639) [0]
    -x 0..215.872mm (in steps of 0.0211639) [215.872]
    -y 0..279.364mm (in steps of 0.0211639) [279.364]
  Enhancement:
    --df-action Default|Continue|Stop [Default] [advanced]
    --threshold 0..255 (in steps of 1) [inactive]`,
  hpaio: `
  Scan mode:
    --mode Lineart|Gray|Color [Lineart]
    --resolution 75|100|200|300dpi [75]
    --source Flatbed|ADF [Flatbed]
  Advanced:
    --duplex[=(yes|no)] [no]
    --compression None|JPEG [JPEG] [advanced]
  Geometry:
    -x 0..215.9mm [215.9]
    -y 0..296.926mm [296.926]`,
  epson2: `
  Scan Mode:
    --mode Lineart|Gray|Color [Lineart]
    --depth 8|16 [8]
    --resolution 50|60|72|75|150|300|600dpi [50]
    --source Flatbed|Automatic Document Feeder [Flatbed]
    --adf-mode Simplex|Duplex [Simplex]
    -x 0..215.9mm [215.9]
    -y 0..297.18mm [297.18]`,
  brother: `
    --mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color|24bit Color[Fast] [24bit Color]
    --resolution 100|150|200|300|400|600dpi [200]
    --source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [FlatBed]
    -x 0..215.9mm (in steps of 0.0999908) [215.88]
    -y 0..355.6mm (in steps of 0.0999908) [355.567]`,
  plain: `
    --mode Color|Gray [Color]
    --resolution auto||75||150||300dpi [75]`,
} as const;

const optionsOf = (device: keyof typeof DEVICES) => parseDeviceOptions(DEVICES[device]);

describe('a SANE device', () => {
  test.each([
    ['fujitsu', ['adf-duplex', 'adf'], [75, 100, 150, 200, 240, 300, 400, 600]],
    ['hpaio', ['adf-duplex', 'adf', 'flatbed'], [75, 100, 200, 300]],
    ['epson2', ['adf-duplex', 'adf', 'flatbed'], [50, 60, 72, 75, 150, 300, 600]],
    ['brother', ['adf-duplex', 'adf', 'flatbed'], [100, 150, 200, 300, 400, 600]],
    ['plain', ['flatbed'], [75, 150, 300]],
  ] as const)('of the family %s has the sources %j and resolutions %j', (device, sources, dpis) => {
    expect(sourcesOf(optionsOf(device))).toEqual(sources);
    expect(dpisOf(optionsOf(device))).toEqual(dpis);
  });

  test.each([
    ['a5', ['--page-width=148', '--page-height=210', '-x', '148', '-y', '210']],
    ['card', ['--page-width=100', '--page-height=70', '-x', '100', '-y', '70']],
    ['a3', ['--page-width=224.846', '--page-height=420', '-x', '215.872', '-y', '279.364']],
    ['max', ['--page-width=224.846', '--page-height=863.489', '-x', '215.872', '-y', '279.364']],
  ] as const)('an area of %s becomes medium and area, as far as the device has it', (area, expected) => {
    const scan = scanArguments(optionsOf('fujitsu'), { source: 'adf', dpi: 200, colour: true, area });
    expect(scan?.arguments.slice(-6)).toEqual(expected);
  });

  test('a driver that throws blank pages away or hides double feeds is told not to', () => {
    const options = parseDeviceOptions(`
    --source ADF [ADF]
    --df-thickness[=(yes|no)] [no]
    --swskip 0..100% (in steps of 0.1) [0]`);
    const scan = scanArguments(options, { source: 'adf', dpi: 200, colour: true });
    expect(scan?.arguments).toEqual(['--source=ADF', '--df-thickness=yes', '--swskip=0']);
  });

  test.each([
    [
      'fujitsu',
      [
        '--source=ADF Duplex',
        '--mode=Color',
        '--resolution=200',
        '--df-action=Stop',
        '--page-width=210',
        '--page-height=297',
        '-x',
        '210',
        '-y',
        '279.364',
      ],
    ],
    ['hpaio', ['--source=ADF', '--duplex=yes', '--mode=Color', '--resolution=200', '-x', '210', '-y', '296.926']],
    [
      'epson2',
      [
        '--source=Automatic Document Feeder',
        '--adf-mode=Duplex',
        '--mode=Color',
        '--depth=8',
        '--resolution=300',
        '-x',
        '210',
        '-y',
        '297',
      ],
    ],
    [
      'brother',
      [
        '--source=Automatic Document Feeder(left aligned,Duplex)',
        '--mode=24bit Color',
        '--resolution=200',
        '-x',
        '210',
        '-y',
        '297',
      ],
    ],
  ] as const)('of the family %s scans both sides with %j', (device, expected) => {
    expect(scanArguments(optionsOf(device), { source: 'adf-duplex', dpi: 200, colour: true })?.arguments).toEqual(
      expected,
    );
  });

  test('scans one side when its duplex is an option of its own', () => {
    expect(scanArguments(optionsOf('hpaio'), { source: 'adf', dpi: 300, colour: false })?.arguments).toEqual([
      '--source=ADF',
      '--duplex=no',
      '--mode=Gray',
      '--resolution=300',
      '-x',
      '210',
      '-y',
      '296.926',
    ]);
  });

  test('is not asked for a source it lacks', () => {
    expect(scanArguments(optionsOf('plain'), { source: 'adf', dpi: 300, colour: true })).toBeNull();
  });

  test.each([
    ['Flatbed', 'flatbed'],
    ['FlatBed', 'flatbed'],
    ['Normal', 'flatbed'],
    ['Platen', 'flatbed'],
    ['Document Table Glass', 'flatbed'],
    ['ADF', 'adf'],
    ['ADF Front', 'adf'],
    ['ADF Back', null],
    ['Automatic Document Feeder', 'adf'],
    ['ADF Duplex', 'adf-duplex'],
    ['Automatic Document Feeder(centrally aligned,Duplex)', 'adf-duplex'],
    ['Transparency Unit', null],
    ['Negative', null],
    ['Card Front', null],
    ['TPU8x10', null],
  ])('calls %s what we call %s', (name, source) => {
    expect(sourceOf(name)).toBe(source);
  });
});

test.each([
  [6, 'scanimage: sane_start: Document feeder jammed', 'scanner-jam'],
  [8, '', 'scanner-cover-open'],
  [3, '', 'scanner-busy'],
  [7, '', 'scanner-feeder-empty'],
  [1, 'scanimage: open of device x failed: Device busy', 'scanner-busy'],
  [1, 'scanimage: open of device x failed: Invalid argument', 'scanner-offline'],
  [134, 'scanimage: something', 'scanner-failed'],
  [null, '', 'scanner-failed'],
])('exit code %s with "%s" is %s', (exitCode, stderr, code) => {
  expect(asScanimageFailure({ exitCode, stderr }).code).toBe(code);
});
