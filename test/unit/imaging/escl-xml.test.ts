import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeXml, find, findAll, findNumber, findText, readXml } from '../../../main/imaging/scanners/escl/xml.ts';
import { Failure } from '../../../main/rooms/failure.ts';

describe('reading the XML of a device', () => {
  test('goes by local names, whatever the prefix', () => {
    const root = readXml(
      '<?xml version="1.0"?><!-- x --><a:Status xmlns:a="urn:a"><b:State b:k=\'1\'> Idle </b:State><State/></a:Status>',
    );
    expect([root.name, findText(root, 'State'), root.children.length]).toEqual(['Status', 'Idle', 2]);
  });

  test('finds by path, number and anywhere below', () => {
    const root = readXml('<R><A><N>12</N></A><A><N>x</N></A></R>');
    expect(findNumber(root, 'A', 'N')).toBe(12);
    expect(findAll(root, 'N').map((element) => element.text)).toEqual(['12', 'x']);
    expect(find(root, 'B', 'N')).toBeUndefined();
    expect(findNumber(root, 'A')).toBeUndefined();
  });

  test('decodes the five entities, character numbers and CDATA', () => {
    expect(readXml('<R>&lt;&#65;&#x1EC7;&amp;<![CDATA[<&x;>]]></R>').text).toBe('<Aệ&<&x;>');
  });

  test.each([
    ['a document type', '<!DOCTYPE R><R/>'],
    ['an entity declaration', '<!DOCTYPE R [<!ENTITY x "y">]><R>&x;</R>'],
    ['an unknown entity', '<R>&nbsp;</R>'],
    ['an entity named like an object property', '<R>&constructor;</R>'],
    ['a character that does not exist', '<R>&#x110000;</R>'],
    ['crossed elements', '<A><B></A></B>'],
    ['an open element', '<A><B></B>'],
    ['two roots', '<A/><B/>'],
    ['text outside', 'x<A/>'],
    ['nothing', ''],
    ['a broken tag', '<A <B/></A>'],
    ['HTML', '<html><br></html>'],
    ['too deep', '<a>'.repeat(40) + '</a>'.repeat(40)],
    ['too many', `<a>${'<b/>'.repeat(30_000)}</a>`],
    ['too long', `<a>${' '.repeat(1024 * 1024)}</a>`],
  ])('refuses %s', (_, text) => {
    expect(() => readXml(text)).toThrow(Failure);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => readXml(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toThrow(Failure);
  });

  test('returns any text as it was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(readXml(`<R>${escapeXml(text)}</R>`).text).toBe(text);
      }),
    );
  });

  test('answers anything at all with an element or a Failure, quickly', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '<a',
      '</a>',
      '<a>',
      '&',
      ';',
      '"',
      "'",
      '=',
      ' ',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      'x',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        expect(readOrRefuse(pieces.join(''))).toBe(true);
      }),
    );
  });
});

function readOrRefuse(text: string): boolean {
  try {
    return readXml(text).name !== '';
  } catch (thrown) {
    return thrown instanceof Failure;
  }
}
