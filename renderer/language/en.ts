import { vi, type Words } from './vi.ts';
export const en: Words = vi;
