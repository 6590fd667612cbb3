/** @file The name in a certificate's subject, for people: the pages and the program show the same one. */

/** `CN` of an RFC 4514 or one-line subject; the whole subject when it has none. */
export function commonName(subject: string): string {
  return /(?:^|[,\n/+])\s*CN\s*=\s*((?:\\.|[^,\n/+])+)/u.exec(subject)?.[1]?.trim() ?? subject;
}
