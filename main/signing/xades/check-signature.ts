/**
 * @file Checks one XML signature (XMLDSig 1.1, 3.2; EN 319 132-1): its value, every reference, what they cover, and the
 * certificate that the signer signed along. Says nothing of trust.
 */
import { constants, createHash, verify } from 'node:crypto';
import type { XmlDocument, XmlElement } from 'libxml2-wasm';
import { childOf, readAsn1 } from '../asn1.ts';
import { readCertificate, type Certificate } from '../certificate.ts';
import { XML_DIGESTS, XML_SIGNATURES, type XmlSignatureMethod } from './algorithms.ts';
import {
  checkReference,
  onlyRequired,
  readCanonicalisation,
  signedPropertiesOf,
  XmlSignatureBroken,
  XmlSignatureUnsupported,
} from './references.ts';
import { attribute, base64Content, canonicalise, childElements, childrenNamed, DS, onlyChild } from './xml-document.ts';

export interface XmlCheck {
  /** `weak` is correct, but by an algorithm or form that proves too little; `not-checked` what nothing here can judge. */
  readonly integrity: 'intact' | 'weak' | 'broken' | 'not-checked';
  /** Whether all of the document is signed, some element of it, or nothing that could be told. */
  readonly coverage: 'whole' | 'part' | 'none';
  readonly signer: Certificate | null;
  readonly certificates: readonly Certificate[];
  /** The signer signed which certificate is theirs, and it is the one used. */
  readonly hasSigningCertificate: boolean;
  /** Canonical `SignatureValue` by the method each time-stamp names, with the token's DER; not checked here. */
  readonly timeStamps: readonly { readonly token: Buffer; readonly stamped: Buffer }[];
  /** Milliseconds, from the signed properties. */
  readonly claimedTime: number | null;
  readonly reasons: readonly string[];
}

const MAX_REFERENCES = 8;
const MAX_CERTIFICATES = 20;
const MIN_RSA_BITS = 1_024;

/** Never throws for what a file can contain. */
export function checkXmlSignature(bytes: Uint8Array, document: XmlDocument, signature: XmlElement): XmlCheck {
  const nothing = {
    coverage: 'none',
    signer: null,
    certificates: [],
    hasSigningCertificate: false,
    timeStamps: [],
    claimedTime: null,
  } as const;
  try {
    return readAndCheck(bytes, document, signature);
  } catch (cause) {
    if (cause instanceof XmlSignatureUnsupported)
      return { ...nothing, integrity: 'not-checked', reasons: [cause.message] };
    if (cause instanceof XmlSignatureBroken) return { ...nothing, integrity: 'broken', reasons: [cause.message] };
    throw cause;
  }
}

function readAndCheck(bytes: Uint8Array, document: XmlDocument, signature: XmlElement): XmlCheck {
  const reasons: string[] = [];
  const info = onlyRequired(signature, 'SignedInfo');
  const value = base64Content(onlyRequired(signature, 'SignatureValue'));
  if (!value) throw new XmlSignatureBroken('Giá trị chữ ký XML không phải base64.');
  const canonicalisation = readCanonicalisation(onlyRequired(info, 'CanonicalizationMethod'));
  const method = XML_SIGNATURES[attribute(onlyRequired(info, 'SignatureMethod'), 'Algorithm') ?? ''];
  if (!canonicalisation || !method) throw new XmlSignatureUnsupported('Thuật toán của chữ ký XML không được hỗ trợ.');
  if (childElements(onlyRequired(info, 'SignatureMethod')).length > 0)
    throw new XmlSignatureUnsupported('Tham số của thuật toán chữ ký XML không được hỗ trợ.');

  const certificates = readCertificates(signature);
  const properties = signedPropertiesOf(signature);
  const stated = properties && readSigningCertificate(properties);
  const signedBytes = canonicalise(info, canonicalisation);
  const fits = (certificate: Certificate): boolean => verifies(certificate, method, signedBytes, value);
  const signer = stated ? certificates.find(stated.isFor) : (certificates.find(fits) ?? certificates[0]);
  if (stated && !signer && certificates.length > 0)
    throw new XmlSignatureBroken(
      'Chứng thư trong chữ ký không phải chứng thư mà người ký đã ký kèm (SigningCertificate).',
    );
  if (!signer) throw new XmlSignatureUnsupported('Chữ ký XML không kèm chứng thư của người ký.');
  if (!fits(signer))
    throw new XmlSignatureBroken('Giá trị chữ ký không đúng với khóa công khai của chứng thư người ký.');

  const references = childrenNamed(info, DS, 'Reference');
  if (references.length === 0 || references.length > MAX_REFERENCES)
    throw new XmlSignatureUnsupported(`Chữ ký XML có ${references.length} tham chiếu.`);
  const checks = references.map((reference) => checkReference(bytes, document, signature, reference));
  if (checks.some((check) => !check.isRight))
    throw new XmlSignatureBroken('Nội dung đã bị thay đổi: giá trị băm không khớp với chữ ký.');
  const arePropertiesSigned = checks.some(({ covered }) => covered.kind === 'signed-properties');
  if (properties && !arePropertiesSigned) reasons.push('Thuộc tính XAdES có mặt nhưng không được ký kèm.');
  let isWeak =
    method.digest === 'sha1' ||
    checks.some((check) => check.digestName === 'sha1') ||
    (signer.publicKey.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS) < MIN_RSA_BITS;
  if (isWeak) reasons.push('Chữ ký dùng SHA-1 hoặc khóa quá ngắn, không còn đủ an toàn.');
  const coverage = coverageOf(checks, reasons);
  if (coverage === 'whole' && hasForeignContent(signature)) {
    isWeak = true;
    reasons.push('Bên trong chữ ký có nội dung lạ mà chữ ký không phủ.');
  }
  const claimed = arePropertiesSigned && properties ? signingTime(properties) : null;
  return {
    integrity: isWeak ? 'weak' : 'intact',
    coverage,
    signer,
    certificates,
    hasSigningCertificate: arePropertiesSigned && stated !== undefined,
    timeStamps: readTimeStamps(signature),
    claimedTime: claimed,
    reasons,
  };
}

function coverageOf(checks: readonly ReturnType<typeof checkReference>[], reasons: string[]): XmlCheck['coverage'] {
  if (checks.some(({ covered }) => covered.kind === 'document')) return 'whole';
  const parts = checks.flatMap(({ covered }) => (covered.kind === 'part' ? [covered.name] : []));
  if (parts.length === 0) {
    reasons.push('Chữ ký không phủ nội dung nào của tài liệu.');
    return 'none';
  }
  reasons.push(`Chữ ký chỉ phủ phần "${parts.join('", "')}", không phủ cả tài liệu.`);
  return 'part';
}

/** What is inside the signature is not covered by it: only what belongs to signatures may stand there. */
function hasForeignContent(signature: XmlElement): boolean {
  return signature
    .find('.//*')
    .some((node) => !/^http:\/\/(?:www\.w3\.org|uri\.etsi\.org\/01903)\//.test((node as XmlElement).namespaceUri));
}

function readCertificates(signature: XmlElement): Certificate[] {
  const info = onlyChild(signature, DS, 'KeyInfo');
  const encoded = (info ? childrenNamed(info, DS, 'X509Data') : [])
    .flatMap((data) => childrenNamed(data, DS, 'X509Certificate'))
    .slice(0, MAX_CERTIFICATES);
  return encoded.map((element) => {
    try {
      return readCertificate(base64Content(element) ?? Buffer.alloc(0));
    } catch (cause) {
      throw new XmlSignatureBroken('Chứng thư trong chữ ký XML không đọc được.', { cause });
    }
  });
}

interface StatedCertificate {
  readonly isFor: (certificate: Certificate) => boolean;
}

/** `SigningCertificateV2`, or `SigningCertificate` of older signers; the first entry is the signer's. */
function readSigningCertificate(properties: XmlElement): StatedCertificate | undefined {
  const namespace = properties.namespaceUri;
  const about = onlyChild(properties, namespace, 'SignedSignatureProperties');
  const list = onlyChild(about, namespace, 'SigningCertificateV2') ?? onlyChild(about, namespace, 'SigningCertificate');
  const first = list && childrenNamed(list, namespace, 'Cert')[0];
  if (!first) return undefined;
  const digest = onlyChild(first, namespace, 'CertDigest');
  const name = XML_DIGESTS[attribute(digest ? onlyRequired(digest, 'DigestMethod') : first, 'Algorithm') ?? ''];
  const stated = digest && base64Content(onlyRequired(digest, 'DigestValue'));
  if (!name || !stated) throw new XmlSignatureBroken('Thuộc tính SigningCertificate của chữ ký không đọc được.');
  const serial = serialIn(onlyChild(first, namespace, 'IssuerSerialV2'));
  return {
    isFor: (certificate) =>
      createHash(name).update(certificate.der).digest().equals(stated) &&
      (serial === undefined || serial.equals(certificate.serialDer)),
  };
}

/** IssuerSerial of RFC 5035; its serial number must be the certificate's. */
function serialIn(element: XmlElement | undefined): Buffer | undefined {
  const bytes = base64Content(element);
  if (!bytes) return undefined;
  try {
    return childOf(readAsn1(bytes), 1, 0x02).raw;
  } catch (cause) {
    throw new XmlSignatureBroken('Thuộc tính IssuerSerialV2 của chữ ký không đọc được.', { cause });
  }
}

function signingTime(properties: XmlElement): number | null {
  const namespace = properties.namespaceUri;
  const text = onlyChild(
    onlyChild(properties, namespace, 'SignedSignatureProperties'),
    namespace,
    'SigningTime',
  )?.content;
  const instant = /^\s*\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})\s*$/.test(text ?? '')
    ? Date.parse((text ?? '').trim())
    : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}

function readTimeStamps(signature: XmlElement): { token: Buffer; stamped: Buffer }[] {
  const value = onlyRequired(signature, 'SignatureValue');
  return signature
    .find(
      './*/*[local-name()="QualifyingProperties"]/*[local-name()="UnsignedProperties"]/*[local-name()="UnsignedSignatureProperties"]/*[local-name()="SignatureTimeStamp"]',
    )
    .slice(0, MAX_REFERENCES)
    .flatMap((node) => {
      const element = node as XmlElement;
      const method = onlyChild(element, DS, 'CanonicalizationMethod');
      const canonicalisation = method && readCanonicalisation(method);
      const token = base64Content(onlyChild(element, element.namespaceUri, 'EncapsulatedTimeStamp'));
      return token && canonicalisation ? [{ token, stamped: canonicalise(value, canonicalisation) }] : [];
    });
}

function verifies(signer: Certificate, method: XmlSignatureMethod, signed: Buffer, value: Buffer): boolean {
  const { publicKey } = signer;
  const kind = publicKey.asymmetricKeyType;
  try {
    switch (method.key) {
      case 'rsa':
        return kind === 'rsa' && verify(method.digest, signed, publicKey, value);
      case 'rsa-pss': {
        const padding = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING };
        const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
        return (
          (kind === 'rsa' || kind === 'rsa-pss') && verify(method.digest, signed, { ...padding, saltLength }, value)
        );
      }
      case 'ec':
        return kind === 'ec' && verify(method.digest, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value);
    }
  } catch {
    return false; // OpenSSL throws for values that are not even well-formed
  }
}
