/** @file `motcua sign`: one PIN for the whole list, sign first and stamp afterwards, an outcome for each file. */
import { mkdirSync } from 'node:fs';
import { streamBlob } from '../blobs/blob-file.ts';
import type { ErrorCode } from '../../preload/error-codes.ts';
import { Failure, toRefusal } from '../rooms/failure.ts';
import type { SignatureLevel } from '../signing/validation/policy.ts';
import { rootsOfNamedAuthorities } from './named-authorities.ts';
import { writeAgain, writeNew, writeReport } from './named-file.ts';
import { EXIT, printJson, say, sayFailure, UsageError, type Where } from './output.ts';
import { prepare, selfIssuedRoots, stamp, type Prepared } from './sign-formats.ts';
import { planInputs, type SignInput } from './sign-inputs.ts';
import { readSignOptions, readSignPolicy, type SignOptions, type SigningWish } from './sign-options.ts';
import { openSigningToken, type SigningToken } from './signing-token.ts';
import { withSignatures, type Signatures } from './with-signatures.ts';

/** One line of the report. */
export interface SignOutcome {
  readonly file: string;
  /** Where the signed file is; null when there is none. */
  readonly out: string | null;
  /** Signed, at whatever level. */
  readonly ok: boolean;
  readonly state: 'signed' | 'signed-lower-level' | 'failed' | 'not-tried';
  readonly format: SignInput['format'];
  /** The level reached. */
  readonly level: SignatureLevel | null;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
}

type Trouble = Pick<SignOutcome, 'code' | 'detail'>;

/** Authorities are asked for several files at once, but never flooded. */
const STAMPS_AT_ONCE = 4;
/** After so many files without an answer the others are not made to wait for the same silence. */
const UNANSWERED_IN_A_ROW = 4;

export function sign(where: Where) {
  return async (files: string[], options: SignOptions): Promise<number> => {
    const wish = readSignOptions(options);
    const inputs = await planInputs(files, options.outDir, options.format);
    const outcomes = new Map<SignInput, SignOutcome>();
    for (const input of inputs) if (input.problem) settle(outcomes, input, input.problem);
    const signable = inputs.filter((input) => !input.problem);
    let stopped: Trouble | null = null;
    if (signable.length > 0) {
      if (wish.level !== 'B-B') readSignPolicy(where, options); // refuses before the PIN what it would refuse after
      if (options.outDir !== undefined) mkdirSync(options.outDir, { recursive: true });
      stopped = await withSignatures(where, (signatures) => work(where, signatures, signable, wish, options, outcomes));
    }
    for (const input of inputs) if (!outcomes.has(input)) outcomes.set(input, notTried(input, stopped));
    return conclude(
      [...inputs.values()].map((input) => outcomes.get(input) as SignOutcome),
      stopped,
      options,
    );
  };
}

/** @returns what ended the batch early, if something did */
async function work(
  where: Where,
  signatures: Signatures,
  inputs: readonly SignInput[],
  wish: SigningWish,
  options: SignOptions,
  outcomes: Map<SignInput, SignOutcome>,
): Promise<Trouble | null> {
  let token: SigningToken;
  try {
    token = await openSigningToken(where, options);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    const { code, detail } = toRefusal(thrown);
    sayFailure(code, detail);
    return { code, detail: detail ?? null };
  }
  let stopped: Trouble | null;
  try {
    stopped = await signAll(signatures, token, inputs, wish, outcomes);
  } finally {
    await token.close(); // before any authority is waited for: a stamp may take minutes, a login should not
  }
  if (wish.level === 'B-B') return stopped;
  const signer = selfIssuedRoots(token.certificate.der);
  const known = readSignPolicy(where, options, { signer, timeStamps: [] });
  const timeStamps =
    options.tsaTrust.length > 0
      ? []
      : await rootsOfNamedAuthorities(where, wish.authorities, [...known.trustedRoots, ...known.timeStampRoots]);
  const policy = readSignPolicy(where, options, { signer, timeStamps });
  const waiting = inputs.filter((input) => outcomes.get(input)?.ok);
  let unanswered = 0;
  const lane = async (): Promise<void> => {
    for (let input = waiting.shift(); input; input = waiting.shift()) {
      const isGivenUp = unanswered >= UNANSWERED_IN_A_ROW;
      const code = await stampOne(signatures, input, wish, policy, outcomes, isGivenUp);
      unanswered = code === 'authority-unreachable' ? unanswered + 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: STAMPS_AT_ONCE }, lane));
  return stopped;
}

/** While the token signs one file, the next one is prepared. Ends at the first failure of the token. */
async function signAll(
  signatures: Signatures,
  token: SigningToken,
  inputs: readonly SignInput[],
  wish: SigningWish,
  outcomes: Map<SignInput, SignOutcome>,
): Promise<Trouble | null> {
  const begin = (input: SignInput | undefined): Promise<Prepared | Trouble> | undefined =>
    input && prepare(signatures, input, token, wish).catch(troubleOf);
  let next = begin(inputs[0]);
  for (const [index, input] of inputs.entries()) {
    const prepared = await next;
    next = begin(inputs[index + 1]);
    if (!prepared || !('digest' in prepared)) {
      settle(outcomes, input, prepared ?? { code: 'internal', detail: null });
      continue;
    }
    let signature: string;
    try {
      signature = await token.sign(prepared.digest, prepared.message);
    } catch (thrown) {
      const trouble = troubleOf(thrown);
      settle(outcomes, input, trouble);
      const unused = await next;
      for (const each of [prepared, unused]) if (each && 'digest' in each) await each.abandon();
      return trouble;
    }
    await finishOne(signatures, input, prepared, signature, wish, outcomes);
  }
  return null;
}

async function finishOne(
  signatures: Signatures,
  input: SignInput,
  prepared: Prepared,
  signature: string,
  wish: SigningWish,
  outcomes: Map<SignInput, SignOutcome>,
): Promise<void> {
  const { file, out, format } = input;
  try {
    const signed = await prepared.finish(signature);
    await writeNew(out, streamBlob(signed));
    await signatures.discard(signed);
    outcomes.set(input, { file, out, ok: true, state: 'signed', format, level: 'B-B', code: null, detail: null });
    if (wish.level === 'B-B') say(`✔ ${out}`);
  } catch (thrown) {
    settle(outcomes, input, troubleOf(thrown));
  }
}

/** The file is safe at B-B; what an authority adds takes its place whole, or not at all. */
async function stampOne(
  signatures: Signatures,
  input: SignInput,
  wish: SigningWish,
  policy: ReturnType<typeof readSignPolicy>,
  outcomes: Map<SignInput, SignOutcome>,
  isGivenUp: boolean,
): Promise<ErrorCode | null> {
  const { file, out, format } = input;
  let level: SignatureLevel = 'B-B';
  let trouble: Trouble = { code: null, detail: null };
  try {
    if (isGivenUp) throw new Failure('authority-unreachable', 'không hỏi nữa: các tệp trước không được trả lời');
    const stamped = await stamp(signatures, input, wish, policy);
    if (stamped.blob) {
      await writeAgain(out, streamBlob(stamped.blob));
      await signatures.discard(stamped.blob);
    }
    level = stamped.reached;
    trouble = stamped;
  } catch (thrown) {
    trouble = troubleOf(thrown);
  }
  const isWhole = level === wish.level;
  outcomes.set(input, {
    file,
    out,
    ok: true,
    state: isWhole ? 'signed' : 'signed-lower-level',
    format,
    level,
    code: isWhole ? null : trouble.code,
    detail: isWhole ? null : trouble.detail,
  });
  say(isWhole ? `✔ ${out} (${level})` : `◐ ${out}: đã ký, mới đạt ${level}, chưa đạt ${wish.level}`);
  if (!isWhole && trouble.code !== null) sayFailure(trouble.code, trouble.detail ?? undefined);
  return trouble.code;
}

function settle(outcomes: Map<SignInput, SignOutcome>, input: SignInput, { code, detail }: Trouble): void {
  const { file, format } = input;
  outcomes.set(input, { file, out: null, ok: false, state: 'failed', format, level: null, code, detail });
  say(file);
  if (code !== null) sayFailure(code, detail ?? undefined);
}

function notTried({ file, format }: SignInput, stopped: Trouble | null): SignOutcome {
  return {
    file,
    out: null,
    ok: false,
    state: 'not-tried',
    format,
    level: null,
    code: null,
    detail: stopped?.code ?? null,
  };
}

function troubleOf(thrown: unknown): Trouble {
  const { code, detail } = toRefusal(thrown);
  return { code, detail: detail ?? null };
}

async function conclude(
  outcomes: readonly SignOutcome[],
  stopped: Trouble | null,
  options: SignOptions,
): Promise<number> {
  const untried = outcomes.filter((outcome) => outcome.state === 'not-tried');
  if (untried.length > 0) {
    say(`${untried.length} tệp chưa thử ký:`);
    for (const { file } of untried) say(`  ${file}`);
  }
  const report = { files: outcomes, stoppedBy: stopped };
  if (options.report !== undefined) await writeReport(options.report, report);
  if (options.json === true) printJson(report);
  if (outcomes.every((outcome) => outcome.state === 'signed')) return EXIT.done;
  return outcomes.some((outcome) => outcome.ok) ? EXIT.partly : EXIT.failed;
}
