/** @file `motcua verify`: one verdict for each file, whatever the files are. */
import { basename } from 'node:path';
import type { ErrorCode } from '../../preload/error-codes.ts';
import { errorsVi } from '../../renderer/language/errors.vi.ts';
import { toRefusal, unwrap } from '../rooms/failure.ts';
import type { Verdict } from '../signing/verification/verify-document.ts';
import type { ValidationPolicy } from '../signing/validation/policy.ts';
import { checkInput, writeReport } from './named-file.ts';
import { EXIT, printJson, say, UsageError, type Where } from './output.ts';
import { fromEnvironment } from './secrets.ts';
import { readRootsAt } from './sign-options.ts';
import { withSignatures, type Signatures } from './with-signatures.ts';

export interface VerifyOptions {
  readonly trust: readonly string[];
  readonly tsaTrust: readonly string[];
  readonly at?: string;
  readonly offline?: boolean;
  readonly passwordEnv?: string;
  readonly allowSha1Issuers?: boolean;
  readonly rewriteUrl: readonly string[];
  readonly report?: string;
  readonly json?: boolean;
}

export interface FileReport {
  readonly file: string;
  readonly verdict: Verdict;
  readonly signatures: readonly Record<string, unknown>[];
  /** Why it could not be judged at all. */
  readonly code?: ErrorCode;
  readonly reasons?: readonly string[];
}

export interface VerifyQuestion {
  readonly policy: ValidationPolicy;
  /** ISO 8601; null is the time when the file's turn comes. */
  readonly at: string | null;
  readonly password: string | undefined;
}

export function verify(where: Where) {
  return async (files: string[], options: VerifyOptions): Promise<number> => {
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
    await checkInput(file);
    const { verdict, signatures: list } = unwrap(
      await signatures.room.call('verifyPdf', {
        pdf: { path: file },
        policy: question.policy,
        at: question.at ?? new Date().toISOString(),
        ...(question.password === undefined ? {} : { password: question.password }),
      }),
    );
    return { file, verdict, signatures: list };
  } catch (thrown) {
    const { code, detail } = toRefusal(thrown);
    const reasons = [errorsVi[code].what, ...(detail === undefined ? [] : [detail])];
    return { file, verdict: 'unreadable', signatures: [], code, reasons };
  }
}

function sayVerdict({ file, verdict, reasons }: FileReport): void {
  say(`${verdict}  ${file}`);
  for (const reason of reasons ?? []) say(`  ${basename(file)}: ${reason}`);
}
