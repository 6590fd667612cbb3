/** The part of `subset-font` (MIT) that is used; the package brings no types. */
declare module 'subset-font' {
  export default function subsetFont(
    font: Buffer,
    text: string,
    options?: {
      readonly targetFormat?: 'truetype' | 'sfnt' | 'woff' | 'woff2';
      readonly noHinting?: boolean;
      readonly noLayoutClosure?: boolean;
      readonly glyphNames?: boolean;
      readonly dropTables?: readonly string[];
    },
  ): Promise<Buffer>;
}
