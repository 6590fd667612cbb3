/**
 * @file The reference province as a room: practice mode and the tests start it as a process of its own. It speaks the same
 * HTTP contract (openapi.yaml) to everybody; these methods are for the one who started it.
 */
import { z } from 'zod';
import { defineRoom } from '../main/rooms/define.ts';

/** Fault switches: the share (0–1) of the requests they fit that misbehave. */
export const FAULT_NAMES = [
  'drop-reply-after-commit', // the commit is done, the connection ends without an answer
  'drop-reply', // the same for any request
  'reset-mid-patch', // the connection ends while the body is on its way
  'duplicate', // the request is carried out twice, the second answer is sent
  'wrong-offset', // HEAD answers an offset that is not true
  'slow', // every answer takes 0.1–0.5 s longer
  'html-200', // a captive portal answers instead of the province
  'redirect', // ... or sends to another host
  'forged-receipt', // the receipt is signed by a key nobody knows
  '401',
  '403',
  '423',
  '429',
  '460',
  '500',
  '503',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];
export const Faults = z.partialRecord(z.enum(FAULT_NAMES), z.number().min(0).max(1));
export type Faults = z.infer<typeof Faults>;

export const ProvinceOptions = z.strictObject({
  folder: z.string(),
  /** 0 = any free port. Always on loopback. */
  port: z.int().min(0).max(65_535),
  faults: Faults.optional(),
  agencyCode: z.string().min(1),
  /** A counter that needs no enrolment: the one of practice mode. */
  device: z.strictObject({ id: z.string().min(1), secret: z.string().min(1) }).optional(),
  /** The scripted province takes a received dossier into work (status 4) after this long; null = never. Default 1,500. */
  processingDelayMs: z.int().nonnegative().nullable().optional(),
});
export type ProvinceOptions = z.infer<typeof ProvinceOptions>;

export const provinceRoom = defineRoom({
  name: 'province',
  init: ProvinceOptions,
  events: {},
  asks: {},
  methods: {
    address: {
      params: z.strictObject({}),
      result: z.strictObject({ url: z.string(), receiptKeys: z.array(z.record(z.string(), z.unknown())) }),
      timeoutMs: 10_000,
    },
    setFaults: { params: z.strictObject({ faults: Faults }), result: z.null(), timeoutMs: 10_000 },
    stats: {
      params: z.strictObject({}),
      result: z.strictObject({
        dossiers: z.int(),
        receipts: z.int(),
        files: z.int(),
        bytes: z.number(),
        /** How often each fault really fired. */
        fired: z.record(z.string(), z.int()),
      }),
      timeoutMs: 10_000,
    },
    /** The newest receipt (compact JWS) of a dossier; null when it has not arrived. */
    receipt: { params: z.strictObject({ dossierId: z.string() }), result: z.string().nullable(), timeoutMs: 10_000 },
    /** Scripted behaviour by hand: a status change (2–10) that the feed then carries to the counter. */
    setStatus: {
      params: z.strictObject({ dossierId: z.string(), status: z.int().min(2).max(10), note: z.string().nullable() }),
      result: z.null(),
      timeoutMs: 10_000,
    },
    /** A one-time code with which a new counter enrols itself. */
    enrolmentCode: { params: z.strictObject({ counterId: z.string() }), result: z.string(), timeoutMs: 10_000 },
  },
});
export type ProvinceRoom = typeof provinceRoom;
