/**
 * @file What an answer means and what follows from it, as one table. Nothing here ever drops a job: the worst is that a
 * person has to look (`hold`), and then only at this one dossier.
 */
import type { z } from 'zod';
import type { WireAnswer, WireFailure } from './ports.ts';
import type { HoldReason, WaitReason } from './protocol.ts';

export type Step = 'health' | 'authenticate' | 'announce' | 'file' | 'head' | 'patch' | 'commit' | 'feed' | 'lease';

export type AnswerClass =
  | 'success'
  | 'unreachable'
  | 'stalled'
  | 'captive-portal'
  | 'untrusted'
  | 'certificate-dates'
  | 'unauthenticated'
  | 'gone'
  | 'offset-conflict'
  | 'files-missing'
  | 'refused'
  | 'checksum-mismatch'
  | 'locked'
  | 'busy'
  | 'server-error';

export type Action =
  | { readonly kind: 'go-on' }
  /** The trouble is the line or the province, not the dossier: the pass ends here, the next attempt is later. */
  | { readonly kind: 'wait'; readonly reason: z.infer<typeof WaitReason> }
  /** A person has to look at this dossier; the others go on. */
  | { readonly kind: 'hold'; readonly reason: z.infer<typeof HoldReason> }
  /** Somebody may be listening: no further request for the longest pause. The dossiers are not at fault and only wait. */
  | { readonly kind: 'wait-and-stop'; readonly reason: z.infer<typeof WaitReason> }
  | { readonly kind: 'refresh-token' }
  | { readonly kind: 'announce-again' }
  | { readonly kind: 'take-offset' }
  | { readonly kind: 'send-missing' }
  | { readonly kind: 'check-local-bytes' }
  | { readonly kind: 'retry-soon' };

export const ACTIONS: Readonly<Record<AnswerClass, Action>> = {
  success: { kind: 'go-on' },
  unreachable: { kind: 'wait', reason: 'network' },
  stalled: { kind: 'wait', reason: 'network' },
  'captive-portal': { kind: 'wait', reason: 'network' },
  untrusted: { kind: 'wait-and-stop', reason: 'security' },
  'certificate-dates': { kind: 'wait', reason: 'clock' },
  unauthenticated: { kind: 'refresh-token' },
  gone: { kind: 'announce-again' },
  'offset-conflict': { kind: 'take-offset' },
  'files-missing': { kind: 'send-missing' },
  refused: { kind: 'hold', reason: 'validation' },
  'checksum-mismatch': { kind: 'check-local-bytes' },
  locked: { kind: 'retry-soon' },
  busy: { kind: 'wait', reason: 'rate' },
  'server-error': { kind: 'wait', reason: 'network' },
};

/** What follows when a remedy was tried as often as it may be: the job waits, visibly, and starts again later. */
export function waitReasonAfterRemedies(answer: AnswerClass): z.infer<typeof WaitReason> {
  const action = ACTIONS[answer];
  if (action.kind === 'wait' || action.kind === 'wait-and-stop') return action.reason;
  return action.kind === 'refresh-token' ? 'authentication' : 'network';
}

/** How often the same remedy is tried on one job before the answer counts as trouble of the line. */
export const MOST_REMEDIES = {
  announceAgain: 3,
  takeOffset: 20,
  sendMissing: 3,
  resendChunk: 3,
  retrySoon: 5,
} as const;

export function classifyFailure({ fault }: WireFailure): AnswerClass {
  if (fault === 'untrusted') return 'untrusted';
  if (fault === 'too-large') return 'captive-portal'; // no answer of the contract is that long
  return fault;
}

/** What an answer of the wire means at this step. A 2xx counts only when it looks like the province's own. */
export function classifyAnswer(step: Step, answer: WireAnswer): AnswerClass {
  const { status } = answer;
  const isOurs = looksLikeTheProvince(step, answer);
  if (status >= 200 && status < 300) return isOurs ? 'success' : 'captive-portal';
  if (status >= 300 && status < 400) return 'captive-portal'; // no redirect is part of the contract
  if (status === 429 || status === 503) return 'busy';
  if (status >= 500) return 'server-error';
  if (status === 413) return 'refused'; // proxies answer this in HTML and mean it
  if (!isOurs) return 'captive-portal'; // somebody else's "no" must not hold a dossier
  return CLIENT_ERRORS[status]?.[step] ?? CLIENT_ERRORS[status]?.['*'] ?? 'refused';
}

const CLIENT_ERRORS: Readonly<Record<number, Partial<Record<Step | '*', AnswerClass>>>> = {
  401: { '*': 'unauthenticated' },
  403: { '*': 'unauthenticated' },
  404: { '*': 'gone' },
  410: { '*': 'gone' },
  408: { '*': 'stalled' },
  409: { patch: 'offset-conflict', commit: 'files-missing', '*': 'refused' },
  423: { '*': 'locked' },
  460: { '*': 'checksum-mismatch' },
};

function looksLikeTheProvince(step: Step, { headers }: WireAnswer): boolean {
  if (step === 'head' || step === 'patch') return headers['tus-resumable'] === '1.0.0';
  return /^application\/(problem\+)?json\b/i.test(headers['content-type'] ?? '');
}
