/**
 * @file A printable form as data. What is on the paper is decided in the store (which knows dossiers), drawn in the
 * imaging room (which knows fonts); this model crosses the border between them. Lengths are points unless a name says mm.
 */
import { z } from 'zod';

/** Text with one look. `leader` fills the rest of the line with dots, for a value that is left open on paper. */
export const Run = z.strictObject({
  text: z.string().max(20_000),
  style: z.enum(['regular', 'bold', 'italic']).default('regular'),
  sizePt: z.number().min(4).max(72).optional(),
  isUnderlined: z.boolean().optional(),
  leader: z.boolean().optional(),
});
export type Run = z.input<typeof Run>;

export const Alignment = z.enum(['left', 'center', 'right', 'justify']);

const Colour = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1), z.number().min(0).max(1)]);

const Paragraph = z.strictObject({
  kind: z.literal('paragraph'),
  runs: z.array(Run),
  align: Alignment.default('left'),
  sizePt: z.number().min(4).max(72).optional(),
  /** Of the first line, on top of `leftPt`. */
  firstIndentPt: z.number().min(-200).max(200).default(0),
  leftPt: z.number().min(0).max(300).default(0),
  beforePt: z.number().min(0).max(300).default(0),
  afterPt: z.number().min(0).max(300).default(0),
  /** Parts of the font size. */
  lineHeight: z.number().min(0.8).max(3).default(1.22),
  /** Stays on one page with the block after it. */
  keepWithNext: z.boolean().default(false),
});

const Spacer = z.strictObject({ kind: z.literal('spacer'), heightPt: z.number().min(0).max(600) });

/** The short line under a name in a letterhead. */
const Rule = z.strictObject({
  kind: z.literal('rule'),
  /** Part of the available width. */
  share: z.number().min(0).max(1).default(1),
  thicknessPt: z.number().min(0.1).max(5).default(0.6),
  beforePt: z.number().min(0).max(100).default(1),
  afterPt: z.number().min(0).max(100).default(1),
});

const Qr = z.strictObject({
  kind: z.literal('qr'),
  text: z.string().min(1).max(2_000),
  sizeMm: z.number().min(10).max(100),
  align: z.enum(['left', 'center', 'right']).default('left'),
});

const Table = z.strictObject({
  kind: z.literal('table'),
  columns: z
    .array(z.strictObject({ share: z.number().positive(), align: Alignment.default('left') }))
    .min(1)
    .max(12),
  /** Repeated at the top of every page the table reaches. */
  header: z.array(z.array(Run)),
  rows: z.array(z.array(z.array(Run))),
  sizePt: z.number().min(4).max(72).optional(),
  beforePt: z.number().min(0).max(100).default(0),
  afterPt: z.number().min(0).max(100).default(0),
});

/** Who signs: title, remark ("ký, ghi rõ họ tên"), room for the signature, printed name. Never split over pages. */
const Signatures = z.strictObject({
  kind: z.literal('signatures'),
  columns: z
    .array(
      z.strictObject({
        titleLines: z.array(z.string()),
        remark: z.string().default(''),
        name: z.string().default(''),
        align: z.enum(['left', 'center', 'right']).default('center'),
        /** Replaces title, remark and name (for "Nơi nhận:" beside the signer). */
        runs: z.array(z.array(Run)).optional(),
        share: z.number().positive().default(1),
      }),
    )
    .min(1)
    .max(3),
  gapPt: z.number().min(0).max(200).default(42),
  sizePt: z.number().min(4).max(72).optional(),
  beforePt: z.number().min(0).max(200).default(6),
});

/** A framed notice ("LUYỆN TẬP", "mã tạm"). */
const Notice = z.strictObject({
  kind: z.literal('notice'),
  runs: z.array(Run),
  align: Alignment.default('center'),
  sizePt: z.number().min(4).max(72).optional(),
  colour: Colour.default([0, 0, 0]),
  beforePt: z.number().min(0).max(100).default(2),
  afterPt: z.number().min(0).max(100).default(2),
});

const SimpleBlock = z.discriminatedUnion('kind', [Paragraph, Spacer, Rule, Qr, Table, Signatures, Notice]);
export type SimpleBlock = z.output<typeof SimpleBlock>;
export type SimpleBlockInput = z.input<typeof SimpleBlock>;

/** One level deep: no official form nests columns, and a depth limit needs no guard against hostile nesting. */
const Columns = z.strictObject({
  kind: z.literal('columns'),
  columns: z
    .array(z.strictObject({ share: z.number().positive(), blocks: z.array(SimpleBlock) }))
    .min(1)
    .max(4),
  gapPt: z.number().min(0).max(100).default(6),
});

/** What follows begins on a sheet of its own. */
const PageBreak = z.strictObject({ kind: z.literal('page-break') });

export const Block = z.discriminatedUnion('kind', [
  Paragraph,
  Spacer,
  Rule,
  Qr,
  Table,
  Signatures,
  Notice,
  Columns,
  PageBreak,
]);
export type Block = z.output<typeof Block>;
export type BlockInput = z.input<typeof Block>;

export const Form = z.strictObject({
  paper: z.enum(['A4', 'A5']),
  marginsMm: z.strictObject({
    top: z.number().min(3),
    right: z.number().min(3),
    bottom: z.number().min(3),
    left: z.number().min(3),
  }),
  /** Size of text whose block and run say nothing. */
  sizePt: z.number().min(4).max(72),
  title: z.string(),
  metadata: z.record(z.string(), z.string()),
  createdAt: z.string(),
  /** At the top of every page but the first, beside the page number. */
  runningTitle: z.string().nullable(),
  /** Large, pale, slanted, behind the text of every page. */
  backdrop: z.string().nullable(),
  blocks: z.array(Block).max(2_000),
});
/** What builders write; parsing fills the defaults. */
export type Form = z.input<typeof Form>;
export type ParsedForm = z.output<typeof Form>;
