import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import { mergeDevices, modelOf } from '../../../main/imaging/scanners/merge-devices.ts';

const scanner = (driver: Scanner['driver'], name: string, uuid?: string): Scanner => ({
  id: `${driver}:${name}`,
  name,
  driver,
  sources: ['adf'],
  dpis: [200],
  ...(uuid === undefined ? {} : { uuid }),
});
const shown = (...list: Scanner[]): string[] =>
  mergeDevices(list).map(({ driver, twinOf }) => (twinOf === undefined ? driver : `${driver} → ${twinOf}`));

describe('the model of a device', () => {
  test.each([
    ['HP LaserJet MFP M426fdn (192.168.1.9)', 'hplaserjetmfpm426fdn'],
    ['WIA-HP LaserJet MFP M426fdn', 'hplaserjetmfpm426fdn'],
    ['Hewlett-Packard LaserJet MFP M426fdn USB', 'hplaserjetmfpm426fdn'],
    ['TWAIN Canon DR-C230 #2', 'canondrc230'],
    ['Brother MFC-L2710DW series', 'brothermfcl2710dw'],
  ])('%s is %s', (name, model) => expect(modelOf(name)).toBe(model));
});

describe('one device under several drivers', () => {
  test('is shown once, eSCL first, and the other ways to it last', () => {
    expect(
      shown(
        scanner('sane', 'Canon MF445'),
        scanner('wia', 'WIA Canon MF445'),
        scanner('escl', 'Canon MF445 (10.0.0.7)'),
      ),
    ).toEqual(['escl', 'sane → escl:Canon MF445 (10.0.0.7)', 'wia → escl:Canon MF445 (10.0.0.7)']);
  });

  test('is known by its own id, whatever it is called', () => {
    expect(shown(scanner('escl', 'Room 2', 'abc'), scanner('wia', 'Canon MF445', 'abc'))).toEqual([
      'escl',
      'wia → escl:Room 2',
    ]);
  });

  test('without eSCL is WIA’s before TWAIN’s', () => {
    expect(shown(scanner('twain', 'PaperStream fi-7160'), scanner('wia', 'PaperStream fi-7160'))).toEqual([
      'wia',
      'twain → wia:PaperStream fi-7160',
    ]);
  });

  test('is not guessed when two of the model are there', () => {
    const two = [scanner('escl', 'M426 (1.1.1.1)'), scanner('escl', 'M426 (1.1.1.2)'), scanner('wia', 'M426')];
    expect(shown(...two)).toEqual(['escl', 'escl', 'wia']);
  });

  test('keeps folders and sample stacks, whatever they are called', () => {
    expect(shown(scanner('escl', 'Quầy 1'), scanner('folder', 'Quầy 1'), scanner('sample', 'Quầy 1'))).toEqual([
      'escl',
      'folder',
      'sample',
    ]);
  });

  test('loses nothing: every device that came is in the list, twins behind what they are twins of', () => {
    const any = fc.record({
      driver: fc.constantFrom<Scanner['driver']>('escl', 'sane', 'wia', 'twain', 'folder'),
      name: fc.constantFrom('A', 'A (1.1.1.1)', 'B', 'WIA B', ''),
      uuid: fc.option(fc.constantFrom('u', 'v'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (wanted) => {
        const list = wanted.map(({ driver, name, uuid }, index) => ({
          ...scanner(driver, name, uuid),
          id: `${index}`,
        }));
        const merged = mergeDevices(list);
        expect(merged.map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort());
        const firsts = merged.filter(({ twinOf }) => twinOf === undefined).map(({ id }) => id);
        for (const { twinOf } of merged) if (twinOf !== undefined) expect(firsts).toContain(twinOf);
        if (list.length > 0) expect(merged[0]?.twinOf).toBeUndefined();
      }),
    );
  });
});
