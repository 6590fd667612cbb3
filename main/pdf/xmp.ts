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

/** How a property of the side record is written and described; others are text with their name as description. */
interface PropertyKind {
  readonly type: 'Text' | 'Integer' | 'Date' | 'seq Text';
  readonly description: string;
}

/** Regulations 6.1. A `seq Text` is given as lines. */
const KNOWN_PROPERTIES: Readonly<Record<string, PropertyKind>> = {
  dossierId: { type: 'Text', description: 'Identifier of the dossier in the counter program (UUID)' },
  dossierCode: { type: 'Text', description: 'Mã hồ sơ' },
  procedureCode: { type: 'Text', description: 'Mã thủ tục hành chính' },
  procedureName: { type: 'Text', description: 'Tên thủ tục hành chính' },
  componentId: { type: 'Text', description: 'Mã thành phần hồ sơ' },
  componentName: { type: 'Text', description: 'Tên giấy tờ' },
  paperForm: {
    type: 'Text',
    description: 'Bản chính / bản sao: original, certified-copy, plain-copy, electronic, presented, replaced-by-data',
  },
  number: { type: 'Text', description: 'Số, ký hiệu của giấy tờ' },
  issuedOn: { type: 'Text', description: 'Ngày cấp' },
  issuedBy: { type: 'Text', description: 'Cơ quan cấp' },
  validUntil: { type: 'Text', description: 'Thời hạn hiệu lực' },
  ownerIdNumber: { type: 'Text', description: 'Số định danh của chủ sở hữu' },
  pageCount: { type: 'Integer', description: 'Số trang' },
  digitisedBy: { type: 'Text', description: 'Người số hóa' },
  digitisedAt: { type: 'Date', description: 'Thời điểm số hóa' },
  ocrConfidence: { type: 'Integer', description: 'Độ tin cậy nhận dạng, phần trăm' },
  sourceSha256: { type: 'seq Text', description: 'SHA-256 of the scanned images, page by page' },
};
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
  const values = [...custom].map(([name, value]) => writeProperty(name, value)).join('');
  const properties = [...custom.keys()]
    .map((name) => {
      const { type, description } = kindOf(name);
      return `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>${type}</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>${escapeXml(description)}</pdfaProperty:description></rdf:li>`;
    })
    .join('');
  return `<rdf:Description rdf:about="" xmlns:${PREFIX}="${NAMESPACE}">${values}</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Administrative dossier</pdfaSchema:schema><pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>${PREFIX}</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>${properties}</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
`;
}

function kindOf(name: string): PropertyKind {
  const known = Object.hasOwn(KNOWN_PROPERTIES, name) ? KNOWN_PROPERTIES[name] : undefined;
  return known ?? { type: 'Text', description: `${name} of the dossier` };
}

function writeProperty(name: string, value: string): string {
  const tag = `${PREFIX}:${name}`;
  if (kindOf(name).type !== 'seq Text') return `<${tag}>${escapeXml(value)}</${tag}>`;
  const items = value.split('\n').map((item) => `<rdf:li>${escapeXml(item)}</rdf:li>`);
  return `<${tag}><rdf:Seq>${items.join('')}</rdf:Seq></${tag}>`;
}

/** Also drops what XML 1.0 cannot hold at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
