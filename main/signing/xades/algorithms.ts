/** @file Algorithm identifiers of XML signatures (XMLDSig 1.1; RFC 6931) that are used or understood here. */
import { XmlC14NMode } from 'libxml2-wasm';
import type { Canonicalisation } from './xml-document.ts';

export const ALGORITHM = {
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  xpathFilter: 'http://www.w3.org/2002/06/xmldsig-filter2',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  ecdsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
} as const;

/** Digest methods, with node:crypto's name. */
export const XML_DIGESTS: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1',
  [ALGORITHM.sha256]: 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

export interface XmlSignatureMethod {
  readonly key: 'rsa' | 'rsa-pss' | 'ec';
  readonly digest: string;
}

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';

export const XML_SIGNATURES: Readonly<Record<string, XmlSignatureMethod>> = {
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': { key: 'rsa', digest: 'sha1' },
  [`${MORE}rsa-sha256`]: { key: 'rsa', digest: 'sha256' },
  [`${MORE}rsa-sha384`]: { key: 'rsa', digest: 'sha384' },
  [`${MORE}rsa-sha512`]: { key: 'rsa', digest: 'sha512' },
  [`${MORE_2007}sha256-rsa-MGF1`]: { key: 'rsa-pss', digest: 'sha256' },
  [`${MORE_2007}sha384-rsa-MGF1`]: { key: 'rsa-pss', digest: 'sha384' },
  [`${MORE_2007}sha512-rsa-MGF1`]: { key: 'rsa-pss', digest: 'sha512' },
  [`${MORE}ecdsa-sha1`]: { key: 'ec', digest: 'sha1' },
  [`${MORE}ecdsa-sha256`]: { key: 'ec', digest: 'sha256' },
  [`${MORE}ecdsa-sha384`]: { key: 'ec', digest: 'sha384' },
  [`${MORE}ecdsa-sha512`]: { key: 'ec', digest: 'sha512' },
};

const C14N = { mode: XmlC14NMode.XML_C14N_1_0, withComments: false, inclusivePrefixes: [] } as const;
const C14N_11 = { ...C14N, mode: XmlC14NMode.XML_C14N_1_1 } as const;
const EXC_C14N = { ...C14N, mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 } as const;

export const CANONICALISATIONS: Readonly<Record<string, Canonicalisation>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': C14N,
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { ...C14N, withComments: true },
  'http://www.w3.org/2006/12/xml-c14n11': C14N_11,
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': { ...C14N_11, withComments: true },
  [ALGORITHM.exclusive]: EXC_C14N,
  [`${ALGORITHM.exclusive}WithComments`]: { ...EXC_C14N, withComments: true },
};

/** What is taken where a reference or transform names no canonicalisation (XMLDSig 1.1, 4.4.3.2). */
export const DEFAULT_CANONICALISATION: Canonicalisation = C14N;
