#!/usr/bin/env node
/** @file The `motcua` command: the same services without a window, for IT, batch work and outside checks. Plain Node. */
import { main } from './cli/main.ts';

process.exitCode = await main(process.argv.slice(2), {
  entryFolder: import.meta.dirname,
  isBundle: import.meta.filename.endsWith('.js'),
});
