/** @file A finished appearance, whoever drew it: what the writer of a signature puts into the widget (ISO 32000-2, 12.5.5). */

/** User-space rectangle of the widget, and the objects of its normal appearance; the first object is the form. */
export interface DrawnAppearance {
  readonly rect: readonly [number, number, number, number];
  readonly objects: (firstNumber: number) => { readonly number: number; readonly body: Buffer }[];
}
