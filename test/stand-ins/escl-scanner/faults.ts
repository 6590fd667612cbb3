/** @file What the virtual scanner can be told to do wrong. Each is something a real device, or an attacker, does. */

export interface EsclFaults {
  /** Paper jam when this sheet (from 1) is pulled in; the sheets before it come, it and the rest stay in the feeder. */
  readonly jamAtSheet: number;
  readonly coverOpenAtSheet: number;
  readonly doubleFeedAtSheet: number;
  readonly feederEmpty: boolean;
  /** Cover open from the start: says so in the status and answers 409. */
  readonly coverOpen: boolean;
  /** This many 503 answers to ScanJobs. */
  readonly busyJobs: number;
  /** 503 for this page, `busyPageTimes` times (3). */
  readonly busyPage: number;
  readonly busyPageTimes: number;
  /** 404 this many times before each page although the job is still scanning (Brother, Xerox). */
  readonly earlyNotFound: number;
  /** The connection is cut in the middle of this page, `cutTimes` times (1). */
  readonly cutPage: number;
  readonly cutTimes: number;
  /** This page ends early once, in an answer that looks complete. */
  readonly shortPage: number;
  readonly slowPageMs: number;
  /** This page comes twice. */
  readonly repeatPage: number;
  /** This page comes for ever. */
  readonly endlessPage: number;
  /** Another host and port in Location. */
  readonly wrongLocation: boolean;
  /** 409 to every ScanJobs. */
  readonly refuseSettings: boolean;
  /** Offers black and white, then refuses it with 409. */
  readonly refuseBlackAndWhite: boolean;
  /** Capabilities that attack the reader. */
  readonly hostileXml: 'entities' | 'external' | 'huge' | 'deep' | 'wide' | 'garbage';
  /** ScannerCapabilities answers 302 to this address. */
  readonly redirectTo: string;
  /** 410 and a cancelled job at this page: somebody pressed Stop at the device. */
  readonly cancelledAtPage: number;
  /** 500 at this page. */
  readonly errorAtPage: number;
  /** Reports an old jam before, during and after jobs that work (NAPS2 #449). */
  readonly staleJam: boolean;
  /** Answers 400 unless `Host: localhost` (HP M630). */
  readonly wantsLocalhost: boolean;
  /** Answers 400 unless the Host header has a port (Epson). */
  readonly wantsPort: boolean;
  /** Ends the job after every sheet, with the others still in the feeder (Epson WF-2930). */
  readonly oneSheetPerJob: boolean;
  /** The paper sensor says `Loaded` when nothing is left. */
  readonly staysLoaded: boolean;
  /** A finished job blocks the next until it is deleted. */
  readonly staysBusy: boolean;
  /** This page never ends. */
  readonly hugePage: number;
  /** Sends a PDF although JPEG was asked for. */
  readonly sendsPdf: boolean;
  /** No answer at all at this page. */
  readonly hangAtPage: number;
  /** 404 to ScannerStatus. */
  readonly noStatus: boolean;
  /** Counts more images than it ever hands over, after a page broke off. */
  readonly countsOneMore: boolean;
}

/** `NAME=VALUE` of the command line. */
export function parseFault(text: string): Partial<EsclFaults> {
  const [name = '', value = 'true'] = text.split('=', 2);
  const parsed = value === 'true' ? true : /^\d+$/.test(value) ? Number(value) : value;
  return { [name]: parsed } as Partial<EsclFaults>;
}
