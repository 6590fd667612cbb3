/** @file Proof by the compiler that a schema's output and a type of the contract are the same. */

/** `never`, which `proves` does not take, when the two differ in either direction. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export type Mutable<T> = T extends readonly (infer U)[]
  ? T extends readonly [unknown, ...unknown[]]
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : Mutable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
export function proves<_A extends true>(): void {}
