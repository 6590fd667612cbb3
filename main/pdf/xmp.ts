/**
 * @file The XMP packet of a PDF/A-2u file (ISO 19005-2, 6.6): title, dates and producer as in the information
 * dictionary, the conformance mark, and the dossier's own properties with the schema description that 6.6.2.3 asks for.
 */
import { xmpDate } from './objects.ts';

export interface XmpContent {
  readonly title: string;
  readonly author: string | null;
  readonly creatorTool: string;
  readonly producer: string;
  readonly language: string;
  readonly createdAt: string;
  readonly custom: ReadonlyMap<string, string>;
}

const NAMESPACE = 'https://quaymotcua.example.vn/ns/ho-so/1.0/';
const PREFIX = 'hoso';

/** Property names are XML names: letters and digits; others are dropped, and what is left empty is skipped. */
export function readCustomProperties(metadata: Readonly<Record<string, string>>): Map<string, string> {
  const properties = new Map<string, string>();
  for (const [key, value] of Object.entries(metadata)) {
    const name = key
      .normalize('NFD')
      .replace(/đ/g, 'd')
      .replace(/Đ/g, 'D')
      .replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) =>
        next && /[A-Za-z0-9]/.test(next) ? next.toUpperCase() : '',
      )
      .replace(/^\d+/, '');
    if (name && value.trim()) properties.set(name, value.normalize('NFC').trim());
  }
  return properties;
}

export function buildXmp(content: XmpContent): Buffer {
  const date = xmpDate(content.createdAt);
  const title = escapeXml(content.title);
  const author =
    content.author === null
      ? ''
      : `<dc:creator><rdf:Seq><rdf:li>${escapeXml(content.author)}</rdf:li></rdf:Seq></dc:creator>`;
  const packet = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${title}</rdf:li></rdf:Alt></dc:title>${author}<dc:language><rdf:Bag><rdf:li>${content.language}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${date}</xmp:CreateDate><xmp:ModifyDate>${date}</xmp:ModifyDate><xmp:MetadataDate>${date}</xmp:MetadataDate><xmp:CreatorTool>${escapeXml(content.creatorTool)}</xmp:CreatorTool></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>${escapeXml(content.producer)}</pdf:Producer></rdf:Description>
${describeCustom(content.custom)}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
  return Buffer.from(packet, 'utf8');
}

function describeCustom(custom: ReadonlyMap<string, string>): string {
  if (custom.size === 0) return '';
  const values = [...custom]
    .map(([name, value]) => `<${PREFIX}:${name}>${escapeXml(value)}</${PREFIX}:${name}>`)
    .join('');
  const properties = [...custom.keys()]
    .map(
      (name) =>
        `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>${name} of the dossier</pdfaProperty:description></rdf:li>`,
    )
    .join('');
  return `<rdf:Description rdf:about="" xmlns:${PREFIX}="${NAMESPACE}">${values}</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Administrative dossier</pdfaSchema:schema><pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>${PREFIX}</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>${properties}</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
`;
}

/** Also drops what XML 1.0 cannot hold at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
