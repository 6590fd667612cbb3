/**
 * @file The ports between the program and the machine it runs on. Domain code and use cases see only these; the Electron
 * shell, the command line and the tests each bring their own.
 */
import type { SigningRequest, TriesLeft, WebPageQuestion } from '../../preload/types.ts';
import type { Result } from '../../preload/result.ts';
import type { RoomLauncher } from '../rooms/supervisor.ts';

export interface Clock {
  /** Milliseconds since 1970 by the wall clock. */
  readonly now: () => number;
}

/** Protects a small secret for this user of this machine. */
export interface SecretBox {
  /** What protects it: `dpapi`, `keychain`, `libsecret`, `key-file`, `host-test`. Shown in the device check. */
  readonly kind: string;
  readonly isAvailable: () => boolean;
  readonly seal: (secret: Uint8Array) => Uint8Array;
  readonly open: (sealed: Uint8Array) => Uint8Array;
}

export interface Paths {
  /** `MOTCUA_HOME` or the user-data folder: everything the program writes. */
  readonly data: string;
  /** Read-only files that ship with the program. */
  readonly resources: string;
}

/**
 * Shows a person exactly what will be signed and takes the PIN, outside the page that asked. `attempt` may be called more
 * than once, by the person only: a wrong PIN is never tried again by the program.
 */
export interface Authoriser {
  readonly authorise: (
    request: SigningRequest,
    attempt: (pin: Uint8Array | null) => Promise<LoginAttempt>,
  ) => Promise<Result<null>>;
}

/** Asks the officer, outside every browser, what a web page may have done. One question at a time. */
export interface WebPageQuestions {
  /** @param signal the page is gone: the question goes too, answered with `cancelled` */
  readonly ask: (question: WebPageQuestion, signal: AbortSignal) => Promise<Result<WebPageAnswer>>;
}

export interface WebPageAnswer {
  readonly decision: 'refuse' | 'once' | 'remember';
  readonly key: { readonly tokenId: string; readonly certificateId: string } | null;
  readonly comment: string | null;
}

export interface LoginAttempt {
  readonly outcome: Result<unknown>;
  /** As the token tells it after the attempt. */
  readonly tries: TriesLeft;
}

export interface FileChooser {
  /** Absolute paths the person chose; empty when they closed the dialog. */
  readonly chooseFiles: (
    purpose: 'scan-import' | 'identity-image' | 'result-pdf' | 'signed-file' | 'signature-image',
  ) => Promise<readonly string[]>;
  /** Where to write; null when the person closed the dialog. Replacing a file was asked by the dialog itself. */
  readonly chooseTarget: (fileName: string) => Promise<string | null>;
}

export interface Printer {
  readonly print: (blobId: string, title: string) => Promise<Result<null>>;
}

export interface Machine {
  readonly launch: RoomLauncher;
  readonly paths: Paths;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly log: (level: string, text: string) => void;
  /** HTTP of this machine, behind the window with the system's proxy. For validation data; uploads have their own way. */
  readonly fetch: typeof globalThis.fetch;
}
