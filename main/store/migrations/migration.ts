/** @file One step of the schema: a file each, never edited once released. */
export interface Migration {
  /** `user_version` after it. */
  readonly version: number;
  readonly sql: string;
}
