/** @file The applicant before anything is known: the start of typing on the desk and of a file on the command line. */
import type { Applicant } from './types.ts';

export const UNKNOWN_APPLICANT: Applicant = {
  kind: 'person',
  fullName: '',
  idNumber: null,
  oldIdNumber: null,
  birthDate: null,
  sex: null,
  address: null,
  phone: null,
  email: null,
  idIssuedOn: null,
  sources: {},
};
