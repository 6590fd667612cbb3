/** @file The name in a certificate's subject, for people: the pages and the program show the same one. */

/** `CN` of an RFC 4514 or one-line subject; the whole subject when it has none. */
export function commonName(subject: string): string {
  return /(?:^|[,\n/+])\s*CN\s*=\s*((?:\\.|[^,\n/+])+)/u.exec(subject)?.[1]?.trim() ?? subject;
}

/** `O`, the agency; null when the subject names none. */
export function organisationName(subject: string): string | null {
  return /(?:^|[,\n/+])\s*O\s*=\s*((?:\\.|[^,\n/+])+)/u.exec(subject)?.[1]?.trim() ?? null;
}
