import { describe, expect, test } from 'vitest';
import { parseCapabilities } from '../../../main/imaging/scanners/escl/capabilities.ts';
import {
  fromScannerId,
  isLocalAddress,
  parseManualAddress,
  toScannerId,
} from '../../../main/imaging/scanners/escl/device-address.ts';
import { mergeAnnouncements } from '../../../main/imaging/scanners/escl/discovery.ts';
import { buildScanSettings } from '../../../main/imaging/scanners/escl/scan-settings.ts';
import { nearestDpi } from '../../../main/imaging/scanners/nearest-dpi.ts';
import { adfFault, parseStatus, toPath } from '../../../main/imaging/scanners/escl/status.ts';
import { isWholePicture } from '../../../main/imaging/scanners/escl/whole-picture.ts';
import { find, findText, readXml } from '../../../main/imaging/scanners/escl/xml.ts';
import { capabilitiesDocument } from '../../stand-ins/escl-scanner/documents.ts';

const DEVICE = { model: 'M', uuid: 'ABC', hasDuplex: true, dpis: [100, 300], onlyBlackAndWhite: false };

describe('capabilities', () => {
  test('of the virtual device are read in full', () => {
    const { inputs, ...device } = parseCapabilities(capabilitiesDocument(DEVICE));
    expect(device).toEqual({ model: 'M', uuid: 'abc', leastCompression: 0 });
    expect(Object.keys(inputs)).toEqual(['flatbed', 'adf', 'adf-duplex']);
    expect(inputs.adf).toMatchObject({
      dpis: [100, 300],
      colourModes: ['RGB24', 'Grayscale8'],
      hasJpeg: true,
      hasFormatExtension: true,
      maxWidth: 2550,
    });
  });

  test('give a range of resolutions as the usual ones inside it', () => {
    const range =
      '<ResolutionRange><XResolution><Min>100</Min><Max>320</Max><Step>1</Step></XResolution></ResolutionRange>';
    const xml = `<ScannerCapabilities><Platen><PlatenInputCaps>${range}</PlatenInputCaps></Platen></ScannerCapabilities>`;
    expect(parseCapabilities(xml).inputs.flatbed?.dpis).toEqual([100, 150, 200, 240, 300]);
  });

  test('take the Duplex option as two sides when its limits are not listed apart', () => {
    const xml =
      '<ScannerCapabilities><Adf><AdfSimplexInputCaps/><AdfOptions><AdfOption>Duplex</AdfOption></AdfOptions></Adf></ScannerCapabilities>';
    expect(Object.keys(parseCapabilities(xml).inputs)).toEqual(['adf', 'adf-duplex']);
  });
});

describe('settings', () => {
  const capabilities = parseCapabilities(capabilitiesDocument(DEVICE));

  test('ask for A4 in 1/300 inch, JPEG, the best quality, in the namespaces that devices accept', () => {
    const { xml, dpi } = buildScanSettings(capabilities, { source: 'adf-duplex', dpi: 200, colour: true });
    const root = readXml(xml);
    expect(dpi).toBe(300);
    expect(xml).toContain('<pwg:InputSource>Feeder</pwg:InputSource>');
    expect(Object.fromEntries(root.children.map((child) => [child.name, child.text]))).toMatchObject({
      Version: '2.0',
      Intent: 'TextAndGraphic',
      ColorMode: 'RGB24',
      DocumentFormat: 'image/jpeg',
      DocumentFormatExt: 'image/jpeg',
      XResolution: '300',
      Duplex: 'true',
      CompressionFactor: '0',
    });
    const region = find(root, 'ScanRegions', 'ScanRegion');
    expect([findText(region, 'Width'), findText(region, 'Height')]).toEqual(['2480', '3508']);
  });

  test.each([
    ['a5', ['1748', '2480']],
    ['card', ['1181', '827']],
    ['a3', ['2550', '3510']],
    ['max', ['2550', '3510']],
  ] as const)('ask for %s as far as the device has it', (area, size) => {
    const { xml } = buildScanSettings(capabilities, { source: 'adf', dpi: 200, colour: true, area });
    const region = find(readXml(xml), 'ScanRegions', 'ScanRegion');
    expect([findText(region, 'Width'), findText(region, 'Height')]).toEqual(size);
  });

  test('ask a device that tells no size for A4 when all of it is wanted', () => {
    const input = '<PlatenInputCaps><DocumentFormat>image/jpeg</DocumentFormat></PlatenInputCaps>';
    const sizeless = parseCapabilities(`<ScannerCapabilities><Platen>${input}</Platen></ScannerCapabilities>`);
    const { xml } = buildScanSettings(sizeless, { source: 'flatbed', dpi: 200, colour: true, area: 'max' });
    expect(xml).toContain('<pwg:Width>2480</pwg:Width>');
  });

  test('keep out of names what a device calls its id when it is none', () => {
    const uuidOf = (uuid: string) =>
      parseCapabilities(`<ScannerCapabilities><UUID>${uuid}</UUID></ScannerCapabilities>`).uuid;
    expect(uuidOf('urn:uuid:4509A320-00A0-008F-00B6-AC1F6B0A1B2C')).toBe('4509a320-00a0-008f-00b6-ac1f6b0a1b2c');
    expect(uuidOf('../../etc/passwd')).toBeNull();
    expect(uuidOf('a'.repeat(5_000))).toBeNull();
  });

  test('stay inside a smaller glass and leave out what the device did not offer', () => {
    const input = '<MaxWidth>2400</MaxWidth><MaxHeight>3300</MaxHeight><DocumentFormat>image/jpeg</DocumentFormat>';
    const small = parseCapabilities(
      `<ScannerCapabilities><Platen><PlatenInputCaps>${input}</PlatenInputCaps></Platen></ScannerCapabilities>`,
    );
    const { xml } = buildScanSettings(small, { source: 'flatbed', dpi: 200, colour: false });
    expect(xml).toContain('<pwg:Width>2400</pwg:Width>');
    expect(xml).toContain('<pwg:Height>3300</pwg:Height>');
    for (const absent of ['Duplex', 'Intent', 'CompressionFactor', 'DocumentFormatExt'])
      expect(xml).not.toContain(absent);
  });

  test('refuse a source the device lacks, and a device without JPEG', () => {
    const bare = parseCapabilities('<ScannerCapabilities><Platen><PlatenInputCaps/></Platen></ScannerCapabilities>');
    expect(() => buildScanSettings(bare, { source: 'adf', dpi: 200, colour: true })).toThrow(
      'scanner-settings-refused',
    );
    expect(() => buildScanSettings(bare, { source: 'flatbed', dpi: 200, colour: true })).toThrow(
      'scanner-settings-refused',
    );
  });

  test.each([
    [[100, 200, 300], 200, 200],
    [[100, 300], 200, 300],
    [[75, 150], 200, 150],
    [[], 200, 200],
  ])('of %j give %i as %i dpi', (dpis, wanted, expected) => {
    expect(nearestDpi(dpis, wanted)).toBe(expected);
  });
});

describe('status', () => {
  test.each([
    ['ScannerAdfJam', 'scanner-jam'],
    ['ScannerAdfMispick', 'scanner-jam'],
    ['ScannerAdfHatchOpen', 'scanner-cover-open'],
    ['ScannerAdfDoorOpen', 'scanner-cover-open'],
    ['ScannerAdfMultipickDetected', 'scanner-double-feed'],
    ['ScannerAdfInputTrayOverloaded', 'scanner-failed'],
    ['ScannerAdfEmpty', null],
    ['ScannerAdfLoaded', null],
    ['toString', null],
  ])('%s means %s', (state, code) => {
    const status = parseStatus(`<ScannerStatus><State>Idle</State><AdfState>${state}</AdfState></ScannerStatus>`);
    expect(adfFault(status)).toBe(code);
  });

  test.each([
    ['http://10.1.1.1:9999/eSCL/ScanJobs/7/', '/eSCL/ScanJobs/7'],
    ['/eSCL/ScanJobs/7', '/eSCL/ScanJobs/7'],
    ['ScanJobs/7', '/eSCL/ScanJobs/7'],
    ['//evil.example/eSCL/ScanJobs/7', '/eSCL/ScanJobs/7'],
    ['http://[', ''],
  ])('takes only the path of %s', (address, path) => {
    expect(toPath(address, '/eSCL/')).toBe(path);
  });
});

describe('addresses', () => {
  test.each([
    ['10.0.0.9', true],
    ['172.31.255.1', true],
    ['172.32.0.1', false],
    ['192.168.4.4', true],
    ['127.0.0.1', true],
    ['169.254.3.3', true],
    ['8.8.8.8', false],
    ['::1', true],
    ['fd00::5', true],
    ['fe80::1', true],
    ['2001:db8::1', false],
    ['::ffff:8.8.8.8', false],
    ['printer', false],
  ])('%s is local: %s', (address, isLocal) => {
    expect(isLocalAddress(address)).toBe(isLocal);
  });

  test.each([
    ['192.168.1.5', ['escl:http://192.168.1.5:80/eSCL', 'escl:https://192.168.1.5:443/eSCL']],
    ['may-quet:8080', ['escl:http://may-quet:8080/eSCL', 'escl:https://may-quet:8080/eSCL']],
    ['http://192.168.1.5/scan/root/', ['escl:http://192.168.1.5:80/scan/root']],
    ['https://[fd00::5]:8443/eSCL', ['escl:https://[fd00::5]:8443/eSCL']],
    ['ftp://192.168.1.5', []],
    [' ', []],
  ])('typed as %s stand for %j', (typed, ids) => {
    const addresses = parseManualAddress(typed);
    expect(addresses.map(toScannerId)).toEqual(ids);
    expect(addresses.map((address) => fromScannerId(toScannerId(address)))).toEqual(addresses);
  });

  test('keep the fingerprint of the certificate', () => {
    const id = `escl:https://192.168.1.5:443/eSCL#sha256=${'ab'.repeat(32)}`;
    expect(toScannerId(fromScannerId(id)!)).toBe(id);
  });
});

describe('announcements', () => {
  const txt = { uuid: 'U-1', rs: 'eSCL' };

  test('of one device over HTTP, HTTPS, IPv4 and IPv6 are one device, best address first', () => {
    const devices = mergeAnnouncements([
      { type: 'uscan', port: 80, addresses: ['fd00::7', '192.168.1.7', 'fe80::7'], txt },
      { type: 'uscans', port: 443, addresses: ['192.168.1.7'], txt: { ...txt, uuid: 'u-1' } },
    ]);
    expect(devices.map((device) => device.addresses.map(toScannerId))).toEqual([
      ['escl:https://192.168.1.7:443/eSCL', 'escl:http://192.168.1.7:80/eSCL', 'escl:http://[fd00::7]:80/eSCL'],
    ]);
  });

  test('with public addresses only are not devices', () => {
    expect(mergeAnnouncements([{ type: 'uscan', port: 80, addresses: ['203.0.113.9'], txt }])).toEqual([]);
  });

  test('may name any root path or none', () => {
    const roots = ['', '/a/b/', 'c'].map((rs, index) => ({
      type: 'uscan',
      port: 80,
      addresses: [`10.0.0.${index + 1}`],
      txt: { rs },
    }));
    expect(mergeAnnouncements(roots).map((device) => device.addresses[0]?.root)).toEqual(['/eSCL', '/a/b', '/c']);
  });
});

test.each([
  ['a JPEG with padding behind its end', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 0xff, 0xd9, 0, 0, 0]), true],
  ['a JPEG without end', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), false],
  ['nothing', Buffer.alloc(0), false],
  ['a PDF', Buffer.from('%PDF-1.7'), false],
])('%s is a whole picture: %s', (_, bytes, isWhole) => {
  expect(isWholePicture(bytes)).toBe(isWhole);
});
