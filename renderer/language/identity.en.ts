/** @file Words about identity papers: sources that disagree, cards of several people, handheld readers. */
import type { identityVi } from './identity.vi.ts';

export const identityEn: typeof identityVi = {
  identityDoubts: {
    title: 'Sources disagree',
    note: 'This does not hold the dossier up. Look at the card and choose; keys 1, 2, 3 choose at once.',
    whose: 'Cards of {count} people. Who applies?',
    choose: 'Choose',
    chooseValue: '{field}: {value}',
    choosePerson: '{name}, number {idNumber}',
    taken: 'in use',
    onPage: '{source}, page {page}',
    againstNumber: 'Does not fit the ID number. Look at the card; choose it when the card really says so.',
    unreadable: 'Not read well enough, type it',
    expiresOn: 'Valid until',
    showPaper: 'Show on the paper: {value}',
  },
  wedge: {
    repaired:
      'The reader sent the wrong encoding. Vietnamese marks were restored; compare name and address with the card.',
    composed:
      'The Vietnamese keyboard changed what the reader sent, so it cannot be used. Switch the keyboard off (Ctrl+Shift) and read the card again.',
    garbled:
      'The reader lost the Vietnamese marks and they cannot be restored for certain. Set the reader to UTF-8 and read again, or read the QR from an image.',
    vneid: 'This is VNeID’s dynamic QR; it does not carry the card’s data. Read the code on the card.',
    separator: 'This is a separator sheet’s code. The sheet is laid into the stack for scanning; it is no ID card.',
    receiptNotFound: 'Dossier {code} is not at this counter.',
    receiptOpened: 'Dossier {code} opened',
    unknown: 'That code is neither an ID card nor a receipt.',
  },
};
