/** @file `motcua verify`: one verdict for each file, whatever the files are. */
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { ErrorCode } from '../../preload/error-codes.ts';
import { errorsVi } from '../../renderer/language/errors.vi.ts';
import type { ResultOf } from '../rooms/define.ts';
import { Failure, toRefusal, unwrap } from '../rooms/failure.ts';
import type { SignaturesRoom } from '../signatures/protocol.ts';
import type { VerificationResult, Verdict } from '../signing/verification/report.ts';
import type { ValidationPolicy } from '../signing/validation/policy.ts';
import { checkInput, exists, writeReport } from './named-file.ts';
import { EXIT, printJson, say, UsageError, type Where } from './output.ts';
import { fromEnvironment } from './secrets.ts';
import { readRootsAt } from './root-files.ts';
import { MAX_PDF_REPORTS, writeVerificationPdf, type ReportedFile } from './verification-pdf.ts';
import { withSignatures, type Signatures } from './with-signatures.ts';

export interface VerifyOptions {
  readonly trust: readonly string[];
  readonly tsaTrust: readonly string[];
  readonly at?: string;
  readonly offline?: boolean;
  readonly passwordEnv?: string;
  readonly content?: string;
  readonly allowSha1Issuers?: boolean;
  readonly rewriteUrl: readonly string[];
  readonly report?: string;
  readonly pdfReport?: string;
  readonly json?: boolean;
}

/** What the room answers of a file, or why it could not be judged at all. */
export type FileReport = { readonly file: string; readonly verdict: Verdict; readonly reasons: readonly string[] } & (
  VerificationResult | { readonly signatures: readonly []; readonly code: ErrorCode }
);

export interface VerifyQuestion {
  readonly policy: ValidationPolicy;
  /** ISO 8601; null is the time when the file's turn comes. */
  readonly at: string | null;
  readonly password: string | undefined;
  /** The file that a detached signature is about; without it the one beside it. */
  readonly content: string | undefined;
}

export function verify(where: Where) {
  return async (files: string[], options: VerifyOptions): Promise<number> => {
    if (options.content !== undefined && files.length !== 1)
      throw new UsageError('--content: chỉ dùng khi kiểm tra đúng một tệp chữ ký rời');
    if (options.pdfReport !== undefined && files.length > MAX_PDF_REPORTS)
      throw new UsageError(`--pdf-report: nhiều nhất ${MAX_PDF_REPORTS} tệp một lần`);
    const question = readVerifyOptions(options);
    const reports = await withSignatures(where, async (signatures) => {
      const done: FileReport[] = [];
      for (const file of files) {
        const report = await verifyFile(signatures, file, question);
        done.push(report);
        sayVerdict(report);
      }
      return done;
    });
    if (options.report !== undefined) await writeReport(options.report, reports);
    if (options.pdfReport !== undefined) await writeVerificationPdf(where, options.pdfReport, reports.map(asReported));
    if (options.json === true) printJson(reports);
    return exitCode(reports.map((report) => report.verdict));
  };
}

/** Valid throughout is 0; nothing worse than a doubt is 2; everything else, unsigned included, is 1. */
function exitCode(verdicts: readonly Verdict[]): number {
  if (verdicts.every((verdict) => verdict === 'valid')) return EXIT.done;
  return verdicts.every((verdict) => verdict === 'valid' || verdict === 'indeterminate') ? EXIT.partly : EXIT.failed;
}

function readVerifyOptions(options: VerifyOptions): VerifyQuestion {
  if (options.at !== undefined && !(/^\d{4}-\d{2}-\d{2}/.test(options.at) && !Number.isNaN(Date.parse(options.at))))
    throw new UsageError(`--at ${options.at}: không phải thời điểm ISO 8601`);
  return {
    policy: {
      trustedRoots: options.trust.flatMap(readRootsAt),
      timeStampRoots: options.tsaTrust.flatMap(readRootsAt),
      allowsSha1Issuers: options.allowSha1Issuers === true,
      urlRewrites: options.rewriteUrl.map(readRewrite),
      issuerHosts: [],
      isOffline: options.offline === true,
    },
    at: options.at === undefined ? null : new Date(options.at).toISOString(),
    password: options.passwordEnv === undefined ? undefined : fromEnvironment(options.passwordEnv),
    content: options.content,
  };
}

function readRewrite(text: string): { from: string; to: string } {
  const [from, to, ...rest] = text.split('=');
  if (!from || !to || rest.length > 0 || !URL.canParse(from) || !URL.canParse(to))
    throw new UsageError(`--rewrite-url ${text}: viết CŨ=MỚI, hai địa chỉ`);
  return { from, to };
}

async function verifyFile(signatures: Signatures, file: string, question: VerifyQuestion): Promise<FileReport> {
  try {
    return { file, ...(await judgeFile(signatures, file, question)) };
  } catch (thrown) {
    const { code, detail } = toRefusal(thrown);
    const reasons = [errorsVi[code].what, ...(detail === undefined ? [] : [detail])];
    return { file, verdict: 'unreadable', signatures: [], code, reasons };
  }
}

async function judgeFile(
  { room }: Signatures,
  file: string,
  question: VerifyQuestion,
): Promise<ResultOf<SignaturesRoom['methods'], 'verifyFile'>> {
  await checkInput(file);
  const path = resolve(file);
  const { policy, password } = question;
  const at = question.at ?? new Date().toISOString();
  const kind = await kindOf(file);
  if (kind === 'pdf') {
    const asked = { pdf: { path }, policy, at, ...(password === undefined ? {} : { password }) };
    return unwrap(await room.call('verifyPdf', asked));
  }
  const content = kind === 'cms' ? { path: resolve(question.content ?? (await signedFileBeside(file))) } : null;
  return unwrap(await room.call('verifyFile', { file: { path }, content, policy, at }));
}

/** By what it is, not by its name: anything that is neither a CMS nor XML is judged as a PDF. */
async function kindOf(file: string): Promise<'pdf' | 'cms' | 'xml'> {
  const handle = await open(file, 'r');
  let head: Buffer;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1_024), 0, 1_024, 0);
    head = buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
  if (head.includes('%PDF-')) return 'pdf';
  const text = head.toString('latin1');
  if (/^-----BEGIN (?:PKCS7|CMS)-----/.test(text) || (head[0] === 0x30 && head.subarray(0, 32).includes(SIGNED_DATA)))
    return 'cms';
  // UTF-8 with or without its mark, UTF-16 of either order.
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\s]*<\0?[?!A-Za-z_:]/.test(text) ? 'xml' : 'pdf';
}

/** DER of the object identifier of CMS SignedData. */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');

/** `paper.docx.p7s` is about `paper.docx` beside it. */
async function signedFileBeside(file: string): Promise<string> {
  const beside = file.replace(/\.p7[sbm]$/i, '');
  if (beside !== file && (await exists(beside))) return beside;
  throw new Failure('file-not-found', `${file}: chữ ký rời, nêu tệp được ký bằng --content`);
}

function asReported(report: FileReport): ReportedFile {
  const { file, reasons } = report;
  return { fileName: basename(file), result: 'sha256' in report ? report : null, reasons };
}

function sayVerdict({ file, verdict, reasons }: FileReport): void {
  say(`${verdict}  ${file}`);
  for (const reason of reasons) say(`  ${basename(file)}: ${reason}`);
}
