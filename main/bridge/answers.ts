/**
 * @file What goes back to the page, member by member as its scripts expect: `Status` always a number, 0 for success;
 * `Message` shown to the officer as it is.
 */
import { asErrorCode, type ErrorCode } from '../../preload/error-codes.ts';
import { errorsVi } from '../../renderer/language/errors.vi.ts';
import type { BridgeOutcome, BridgeRequest } from './protocol.ts';

type Answer = Readonly<Record<string, unknown>>;

/** By kind of trouble, so that a page's programmer can tell them apart; 0 never. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  'pin-cancelled': 1,
  cancelled: 1,
  'bridge-origin-refused': 2,
  'bridge-address-refused': 2,
  'bridge-hash-refused': 2,
  'not-allowed': 2,
  'bridge-request-unreadable': 3,
  'bridge-not-supported': 4,
  'bridge-busy': 5,
  'token-busy': 5,
  'bridge-download-failed': 6,
  'bridge-upload-failed': 7,
};
const OTHER_TROUBLE = 9;

/** Details are for the log, but for these the page's programmer needs them, and they hold nothing of ours. */
const TELLS_DETAIL: readonly ErrorCode[] = [
  'bridge-request-unreadable',
  'bridge-not-supported',
  'bridge-address-refused',
  'bridge-download-failed',
  'bridge-upload-failed',
];

export function versionAnswer(version: string): Answer {
  return { Status: 0, Message: '', Version: version, Name: 'Quầy Một Cửa' };
}

export function failureAnswer(code: ErrorCode, detail?: string | null): Answer {
  const message = messageOf(code, detail ?? null);
  return { Status: STATUS[code] ?? OTHER_TROUBLE, Message: message, Error: message, Code: code };
}

function messageOf(code: ErrorCode, detail: string | null): string {
  const { what, next } = errorsVi[code];
  const shown = detail !== null && detail !== '' && TELLS_DETAIL.includes(code) ? ` (${detail})` : '';
  return `${what}${shown} ${next}`;
}

export function outcomeAnswer(request: BridgeRequest, outcome: BridgeOutcome): Answer {
  switch (outcome.kind) {
    case 'certificate':
      return {
        Status: 0,
        Message: '',
        CertInfo: {
          Subject: nameFirst(outcome.subject),
          Issuer: outcome.issuer,
          SerialNumber: outcome.serialNumber,
          ValidFrom: outcome.notBefore,
          ValidTo: outcome.notAfter,
          Base64Data: outcome.der,
        },
      };
    case 'signature':
      return { Status: 0, Message: '', Signature: outcome.signature, CertBase64: outcome.der };
    case 'verified':
      return { Status: 0, Message: outcome.summary, Verdict: outcome.verdict, Signatures: outcome.signatures };
    case 'signed':
      return signedAnswer(request, outcome);
  }
}

function signedAnswer(request: BridgeRequest, { files }: Extract<BridgeOutcome, { kind: 'signed' }>): Answer {
  if (request.kind !== 'sign') throw new Error('signed files answer a request to sign');
  if (request.operation === 'SignFiles') {
    const done = files.filter((file) => file.code === null).length;
    return {
      Status: 0,
      Message: `Đã ký và gửi ${done}/${files.length} tệp.`,
      Files: files.map(({ code, detail, fileServer }, index) => {
        const { Status: status, Message: message } =
          code === null ? { Status: 0, Message: '' } : failureAnswer(asErrorCode(code), detail);
        const asked = request.files[index];
        return {
          FileID: asked?.fileId ?? null,
          FileName: asked?.name ?? asked?.url ?? '',
          Status: status,
          Message: message,
          FileSignedURL: fileServer,
        };
      }),
    };
  }
  const [file] = files;
  if (!file) throw new Error('a request for one file was answered without it');
  if (file.code !== null) return failureAnswer(asErrorCode(file.code), file.detail);
  return {
    Status: 0,
    Message: '',
    FileName: file.fileName,
    FileServer: file.fileServer,
    DocumentNumber: request.documentNumber,
    DocumentDate: request.issuedOn,
  };
}

/** Scripts cut the name out between `CN=` and the first comma: CN stands first and holds none. */
export function nameFirst(subject: string): string {
  const parts = subject.split(/\r?\n|,\s*(?=[A-Za-z0-9.]+=)/).map((part) => part.trim());
  const name = parts.find((part) => /^CN=/i.test(part));
  const others = parts.filter((part) => part !== name && part !== '');
  return [...(name === undefined ? [] : [`CN=${name.slice(3).replaceAll(/\\?,/g, '')}`]), ...others].join(', ');
}
