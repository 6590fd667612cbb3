import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyXml } from '../../../main/signing/verification/verify-file.ts';
import { MAX_XML_BYTES } from '../../../main/signing/xades/xml-document.ts';
import { openFileSigningDesk, type FileSigningDesk } from '../../stand-ins/file-signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'xades-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const XMLSEC_MISSING = existsSync('/usr/bin/xmlsec1') ? undefined : 'xmlsec1 is not installed';
let desk: FileSigningDesk;
beforeAll(() => {
  desk = openFileSigningDesk(folder);
});

const RESULT = `<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="x.xsl"?><!-- trước -->
<kq:ketQua xmlns:kq="urn:vn:ket-qua" xmlns="urn:vn:chung" so="12/QĐ-UBND" ngay="2026-11-20">
  <kq:nguoi id="1">Nguyễn Văn Ẩn &amp; con &#13;</kq:nguoi><noiDung b="1&#10;2" a='"'/>
  <kq:nguoi id="1"><![CDATA[<giữ nguyên>]]></kq:nguoi>
</kq:ketQua>
<!-- sau </kq:ketQua> -->
`;
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** xmlsec1's opinion: the core of XMLDSig, the chain, and that the signed properties are signed. */
function xmlsec(xml: Buffer, ...more: readonly string[]): boolean {
  const path = join(folder, 'judged.xml');
  writeFileSync(path, xml);
  const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties', ...more];
  const args = ['--verify', '--enabled-key-data', 'x509', '--trusted-pem', desk.pki.rootPath, ...ids, path];
  return spawnSync('xmlsec1', args, { encoding: 'utf8' }).status === 0;
}

/** Signs a template with xmlsec1 itself: what other programs write. */
function signedByXmlsec(unsigned: string, ...more: readonly string[]): Buffer {
  const path = join(folder, 'template.xml');
  const out = join(folder, 'foreign.xml');
  writeFileSync(path, unsigned);
  const { keyPath, certificatePath } = desk.signers['rsa-2048'];
  const key = `${keyPath},${certificatePath},${desk.pki.issuerPath}`;
  execFileSync('xmlsec1', ['--sign', '--privkey-pem', key, ...more, '--output', out, path], { stdio: 'pipe' });
  return readFileSync(out);
}

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const C14N_11 = 'http://www.w3.org/2006/12/xml-c14n11';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = '<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>';

function template(options: {
  readonly uri?: string;
  readonly transforms?: string;
  readonly c14n?: string;
  readonly hash?: 'sha1' | 'sha256' | 'sha512';
}): string {
  const { uri = '', transforms = ENVELOPED, c14n = C14N, hash = 'sha256' } = options;
  const more = 'http://www.w3.org/2001/04/xmldsig-more#';
  const method = hash === 'sha1' ? 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' : `${more}rsa-${hash}`;
  const digest =
    hash === 'sha1' ? 'http://www.w3.org/2000/09/xmldsig#sha1' : `http://www.w3.org/2001/04/xmlenc#${hash}`;
  return `<?xml version="1.0"?>
<hoaDon xmlns="urn:hoa-don" xmlns:t="urn:thue"><t:duLieu Id="data"><so>1</so></t:duLieu><chuKy>
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="${c14n}"/>
<SignatureMethod Algorithm="${method}"/><Reference URI="${uri}"><Transforms>${transforms}</Transforms>
<DigestMethod Algorithm="${digest}"/><DigestValue/></Reference></SignedInfo><SignatureValue/>
<KeyInfo><X509Data/></KeyInfo></Signature></chuKy></hoaDon>`;
}

describe.skipIf(XMLSEC_MISSING)(`an XML result signed inside${XMLSEC_MISSING ? ` (${XMLSEC_MISSING})` : ''}`, () => {
  for (const kind of ['rsa-2048', 'rsa-3072', 'p-256'] as const) {
    it(`is valid to us and to xmlsec1 with ${kind}`, async () => {
      const signed = await desk.sign('xades', bytes(RESULT), kind);
      expect(xmlsec(signed)).toBe(true);
      const { verdict, signatures } = await verifyXml(signed, desk.question());
      expect(verdict).toBe('valid');
      expect(signatures).toMatchObject([
        { level: 'B-B', coverage: 'whole', integrity: 'intact', trust: 'trusted', signer: desk.signers[kind].name },
      ]);
      expect(signatures[0]?.signedAt).toMatch(/\+07:00$/);
    });
  }

  it.each([
    ['a root without content', '<a/>'],
    ['a root with a prefix and nothing else', '<x:a xmlns:x="urn:x"/>'],
    [
      'white space, quotes and line ends of every kind',
      '<a b=" &#9;x " c="&quot;">\r\n\t<b>\r</b> &lt;&gt; ]]&gt;</a>\r\n',
    ],
    ['letters outside the basic plane', '<a>𠮷 Ẩn &#x1F600;</a>'],
    [
      'namespaces that are declared, taken back and declared again',
      '<a xmlns="urn:1"><b xmlns=""><c xmlns="urn:1"/></b></a>',
    ],
    ['a byte order mark', '\uFEFF<a>ạ</a>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a>&#7841;</a>'],
  ])('keeps its meaning with %s', async (_name, text) => {
    const signed = await desk.sign('xades', bytes(text));
    expect(xmlsec(signed)).toBe(true);
    expect((await verifyXml(signed, desk.question())).verdict).toBe('valid');
  });

  it('takes UTF-16, whose signed form is UTF-8', async () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><a>Nguyễn</a>';
    const signed = await desk.sign('xades', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
    expect(signed.toString('utf8')).toContain('Nguyễn');
    expect(xmlsec(signed)).toBe(true);
  });

  it('carries what level B demands: time, certificate with issuer and serial number, media type', async () => {
    const text = (await desk.sign('xades', bytes(RESULT))).toString();
    for (const part of ['SigningTime>20', 'SigningCertificateV2', 'IssuerSerialV2', 'MimeType>application/xml'])
      expect(text).toContain(part);
    expect(text.match(/<ds:X509Certificate>/g)).toHaveLength(2); // the signer's and the issuer's, not the root
  });

  it('is not signed a second time inside: that would break the first signature', async () => {
    const signed = await desk.sign('xades', bytes(RESULT));
    await expect(desk.sign('xades', signed)).rejects.toMatchObject({ code: 'xml-not-signable' });
  });

  it('no letter or attribute of it may change', async () => {
    const signed = await desk.sign('xades', bytes(RESULT));
    const text = signed.toString('latin1');
    const places = [...text.matchAll(/[A-Za-z0-9]/g)].map((match) => match.index);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), async (place) => {
        const changed = Buffer.from(signed);
        changed[place] = changed[place] === 0x61 ? 0x62 : 0x61;
        const outcome = await verifyXml(changed, desk.question()).then(
          ({ verdict }) => verdict,
          (cause: { code?: string }) => cause.code ?? 'crash',
        );
        // What is not signed may change: names in comments, and certificates beside the signer's.
        if (outcome === 'valid') expect(xmlsec(changed)).toBe(true);
        else expect(outcome).toMatch(/^(broken|indeterminate|untrusted|unsigned|file-damaged)$/);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['C14N 1.0 of the whole document', {}],
    ['C14N 1.1', { c14n: C14N_11, transforms: `${ENVELOPED}<Transform Algorithm="${C14N_11}"/>` }],
    [
      'exclusive C14N with prefixes named',
      {
        c14n: EXCLUSIVE,
        transforms: `${ENVELOPED}<Transform Algorithm="${EXCLUSIVE}"><e:InclusiveNamespaces xmlns:e="${EXCLUSIVE}" PrefixList="t #default"/></Transform>`,
      },
    ],
    ['SHA-512', { hash: 'sha512' as const }],
    [
      'every signature taken out by XPath',
      {
        transforms:
          '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath xmlns:d="http://www.w3.org/2000/09/xmldsig#">not(ancestor-or-self::d:Signature)</XPath></Transform>',
      },
    ],
  ])('by another program is right with %s', async (name, options) => {
    const signed = signedByXmlsec(template(options));
    const { signatures } = await verifyXml(signed, desk.question());
    expect(signatures).toMatchObject([{ integrity: 'intact', level: 'basic', trust: 'trusted' }]);
    // XPath leaves out every signature, wherever it stands: only directly under the root can nothing hide in one.
    expect(signatures[0]?.coverage).toBe(name.includes('XPath') ? 'revision' : 'whole');
  });

  it('by another program over one part is told apart from the whole', async () => {
    const signed = signedByXmlsec(
      template({ uri: '#data', transforms: `<Transform Algorithm="${EXCLUSIVE}"/>` }),
      '--id-attr:Id',
      'urn:thue:duLieu',
    );
    const { verdict, signatures } = await verifyXml(signed, desk.question());
    expect(verdict).toBe('indeterminate');
    expect(signatures[0]).toMatchObject({ coverage: 'revision', integrity: 'intact' });
    expect(signatures[0]?.reasons.join()).toContain('duLieu');
  });

  it('by SHA-1 is right but weak', async () => {
    const signed = signedByXmlsec(template({ hash: 'sha1' }));
    expect((await verifyXml(signed, desk.question())).signatures).toMatchObject([
      { integrity: 'weak', verdict: 'indeterminate' },
    ]);
  });

  describe('attacks', () => {
    it('a copy of the signed part beside a forged one is refused, not resolved to either', async () => {
      const signed = signedByXmlsec(
        template({ uri: '#data', transforms: `<Transform Algorithm="${EXCLUSIVE}"/>` }),
        '--id-attr:Id',
        'urn:thue:duLieu',
      ).toString();
      const forged = signed
        .replace('<t:duLieu Id="data"><so>1</so></t:duLieu>', '<t:duLieu Id="data"><so>999</so></t:duLieu>')
        .replace('</chuKy>', '<cu><t:duLieu Id="data"><so>1</so></t:duLieu></cu></chuKy>');
      const { signatures } = await verifyXml(bytes(forged), desk.question());
      expect(signatures[0]).toMatchObject({ verdict: 'broken' });
      expect(signatures[0]?.reasons.join()).toContain('2 phần tử');
    });

    it('a signed document wrapped into another one is not whole any more', async () => {
      const signed = (await desk.sign('xades', bytes('<a><b>thật</b></a>'))).toString();
      const inner = signed.replace(/^<\?xml[^>]*\?>\s*/, '');
      const wrapped = `<a><b>giả</b>${inner}</a>`;
      expect((await verifyXml(bytes(wrapped), desk.question())).verdict).toBe('broken');
    });

    it('content put into the signature itself is noticed', async () => {
      const signed = (await desk.sign('xades', bytes('<a>x</a>'))).toString();
      const hidden = signed.replace(
        '</ds:Signature>',
        '<ds:Object><quyetDinh xmlns="urn:x">giả</quyetDinh></ds:Object></ds:Signature>',
      );
      expect(xmlsec(bytes(hidden))).toBe(true); // the core of XMLDSig allows it
      const { verdict, signatures } = await verifyXml(bytes(hidden), desk.question());
      expect(verdict).toBe('indeterminate');
      expect(signatures[0]?.reasons.join()).toContain('nội dung lạ');
    });

    it('a signature that covers nothing but its own properties is not valid', async () => {
      const nothing = template({ uri: '#nothing', transforms: '' }).replace(
        '</KeyInfo>',
        '</KeyInfo><Object Id="nothing">x</Object>',
      );
      const signed = signedByXmlsec(nothing, '--id-attr:Id', 'http://www.w3.org/2000/09/xmldsig#:Object');
      expect((await verifyXml(signed, desk.question())).verdict).toBe('indeterminate');
    });

    it('an expression that chooses its own content cannot be judged', async () => {
      const xpath =
        '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>self::text()</XPath></Transform>';
      const { verdict, signatures } = await verifyXml(signedByXmlsec(template({ transforms: xpath })), desk.question());
      expect(verdict).toBe('indeterminate');
      expect(signatures[0]).toMatchObject({ integrity: 'not-checked', coverage: 'none' });
    });

    it('the signed properties of one signature do not serve another', async () => {
      const signed = (await desk.sign('xades', bytes('<a>x</a>'))).toString();
      const moved = signed.replace(/Target="#S-[0-9a-f]+"/, 'Target="#S-other"');
      expect((await verifyXml(bytes(moved), desk.question())).verdict).toBe('broken');
    });

    it('another certificate of the same key is not the one that was signed along', async () => {
      const signed = (await desk.sign('xades', bytes('<a>x</a>'))).toString();
      const other = desk.pki.issue('Kẻ khác', 'rsa-2048').certificateDer.toString('base64');
      const own = desk.signers['rsa-2048'].certificateDer.toString('base64');
      expect((await verifyXml(bytes(signed.replace(own, other)), desk.question())).verdict).toBe('broken');
    });
  });
});

describe('XML of strangers', () => {
  const refused = (text: string): Promise<unknown> => verifyXml(bytes(text), desk.question());
  it('with a document type is refused, expanded or not', async () => {
    await expect(refused('<!DOCTYPE a><a/>')).rejects.toMatchObject({ code: 'file-damaged' });
    const bomb = `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(1000)}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY x${i} "${`&x${i === 0 ? '' : i - 1};`.repeat(10)}">`).join('')}]><a>&x8;</a>`;
    await expect(refused(bomb)).rejects.toMatchObject({ code: 'file-damaged' });
    await expect(refused('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')).rejects.toMatchObject({
      code: 'file-damaged',
    });
    await expect(desk.sign('xades', bytes('<!DOCTYPE a><a/>'))).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('that is deep, large or no XML is refused by name', async () => {
    await expect(refused('<a>'.repeat(5_000))).rejects.toMatchObject({ code: 'file-damaged' });
    await expect(refused('không phải XML')).rejects.toMatchObject({ code: 'file-damaged' });
    await expect(refused('')).rejects.toMatchObject({ code: 'file-damaged' });
    const large = Buffer.alloc(MAX_XML_BYTES + 1, 0x20);
    await expect(verifyXml(large, desk.question())).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('whose canonical form is out of all proportion is refused, signed or not', async () => {
    const long = `<r xmlns:n="urn:${'x'.repeat(100_000)}">${'<n:a/>'.repeat(20_000)}</r>`;
    await expect(desk.sign('xades', bytes(long))).rejects.toMatchObject({ code: 'file-too-large' });
    let [open, close] = ['', ''];
    for (let level = 0; level < 250; level++) {
      open += `<a${Array.from({ length: 300 }, (_, index) => ` xmlns:n${level}_${index}="u"`).join('')}>`;
      close += '</a>';
    }
    await expect(desk.sign('xades', bytes(open + close))).rejects.toMatchObject({ code: 'file-damaged' });
    const small = await desk.sign('xades', bytes('<a/>')); // and the next one is none the worse for it
    expect((await verifyXml(small, desk.question())).verdict).toBe('valid');
  });

  it('without a signature is unsigned', async () => {
    expect(await verifyXml(bytes(RESULT), desk.question())).toMatchObject({ verdict: 'unsigned', signatures: [] });
  });

  it('whatever stands inside a signature gives a verdict or a named refusal', async () => {
    const parts = [
      '<ds:SignedInfo>',
      '</ds:SignedInfo>',
      '<ds:Reference URI="">',
      '</ds:Reference>',
      '<ds:Object/>',
      '<ds:SignatureValue>AA==</ds:SignatureValue>',
      '<ds:SignatureValue/>',
      '<ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>',
      `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/>`,
      '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>',
      '<ds:SignatureMethod/>',
      'chữ',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), async (chosen) => {
        const text = `<a><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${chosen.join('')}</ds:Signature></a>`;
        const outcome = await verifyXml(bytes(text), desk.question()).then(
          ({ verdict }) => verdict,
          (cause: { code?: string }) => cause.code,
        );
        expect(outcome).toMatch(/^(broken|indeterminate|file-damaged)$/);
      }),
      { numRuns: 200 },
    );
  });
});
