/** @file What is typed into an old record reaches the store before the record is confirmed, or the record waits. */
import { expect, test } from 'vitest';
import { UnsavedValues } from '../../../renderer/screens/backlog/unsaved-values.ts';

test('keeps a value that was refused, and those behind it, for the next time', async () => {
  const unsaved = new UnsavedValues();
  unsaved.type('number', '57/2004');
  unsaved.type('fullName', 'Trần B');
  const stored: string[] = [];
  expect(await unsaved.save(() => Promise.resolve(false))).toBe(false);
  const take = (name: string, text: string): Promise<boolean> => {
    stored.push(`${name} ${text}`);
    return Promise.resolve(true);
  };
  expect(await unsaved.save(take)).toBe(true);
  expect(stored).toEqual(['number 57/2004', 'fullName Trần B']);
  expect(await unsaved.save(take)).toBe(true);
  expect(stored).toHaveLength(2);
});

test('answers only when the saving that began before has ended, and stores again what it refused', async () => {
  const unsaved = new UnsavedValues();
  unsaved.type('fullName', 'Trần B');
  const answers: ((isStored: boolean) => void)[] = [];
  const ask = (): Promise<boolean> => new Promise((resolve) => answers.push(resolve));
  const left = unsaved.save(ask);
  let isConfirmed = false;
  const confirmed = unsaved.save(ask).then((isStored) => (isConfirmed = isStored));
  await new Promise(setImmediate);
  expect([answers.length, isConfirmed]).toEqual([1, false]);
  answers[0]?.(false);
  expect(await left).toBe(false);
  await new Promise(setImmediate);
  expect([answers.length, isConfirmed]).toEqual([2, false]);
  answers[1]?.(true);
  expect(await confirmed).toBe(true);
});

test('what is typed while a value is being stored is stored, too', async () => {
  const unsaved = new UnsavedValues();
  unsaved.type('fullName', 'Trần');
  const stored: string[] = [];
  await unsaved.save((_, text) => {
    if (stored.length === 0) unsaved.type('fullName', 'Trần B');
    stored.push(text);
    return Promise.resolve(true);
  });
  await unsaved.save((_, text) => {
    stored.push(text);
    return Promise.resolve(true);
  });
  expect(stored).toEqual(['Trần', 'Trần B']);
});
