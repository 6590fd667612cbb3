/** @file What two values of one paper say of the same person against each other: the number of a person knows birth and sex. */
import { faultOfPersonalNumber } from '../../people/identity-code.ts';

interface Named {
  readonly name: string;
  readonly value: string;
}

/** Fields of which at least one is wrong. A number that is none, and fields without their counterpart, contradict nothing. */
export function contradictions<Field extends Named>(fields: readonly Field[]): ReadonlySet<Field> {
  const wrong = new Set<Field>();
  for (const number of fields) {
    const person = /^(|.*[a-z\d])(?:i|I)dNumber$/.exec(number.name);
    if (!person || faultOfPersonalNumber(number.value) !== null) continue;
    const prefix = person[1] ?? '';
    const of = (what: string): Field | undefined =>
      fields.find((field) => field.name === (prefix === '' ? what : prefix + what[0]?.toUpperCase() + what.slice(1)));
    const birth = of('birthDate') ?? of('birthYear');
    const sex = of('sex');
    if (birth && faultOfPersonalNumber(number.value, { birthDate: birth.value }) !== null) wrong.add(number).add(birth);
    const known = sex?.value === 'Nam' ? 'male' : sex?.value === 'Nữ' ? 'female' : null;
    if (sex && faultOfPersonalNumber(number.value, { sex: known }) !== null) wrong.add(number).add(sex);
  }
  return wrong;
}
