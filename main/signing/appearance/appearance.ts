/** @file What an appearance is asked to be: which kind (NĐ 30/2020, PL I, mục II.7–8 and phần II.I.3), where, and with what in it. */
import { z } from 'zod';
import { BlobAccess } from '../../blobs/blob-file.ts';

/** Where and how a signature shows on the page; points, origin bottom left of the page as displayed. */
export const Appearance = z.strictObject({
  kind: z.enum(['none', 'personal', 'agency', 'annex', 'copy', 'officer']),
  page: z.int().min(1).optional(),
  rect: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  /** Instead of the lines the rules ask for. */
  lines: z.array(z.string().max(1_000)).max(20).optional(),
  /** PNG or JPEG: a registered picture, or bytes in base64. */
  image: z.union([BlobAccess, z.string().max(8_000_000)]).optional(),
  /** How wide the seal is in truth; without it the picture says so (PNG `pHYs`, JFIF). */
  imageWidthMm: z.number().min(5).max(100).optional(),
  /** Annex: number and symbol of the document it belongs to. */
  documentNumber: z.string().max(200).optional(),
  /** Copy: `Sao y`, `Sao lục` or `Trích sao`. */
  copyForm: z.string().max(200).optional(),
  /** Copy: who made it. Personal without a picture: the signer's agency. */
  agencyName: z.string().max(500).optional(),
});
export type Appearance = z.infer<typeof Appearance>;
