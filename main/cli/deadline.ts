/** @file `motcua deadline`: when a dossier of a procedure would be due, by the calendars that ship or one that is given. */
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadCalendar } from '../deadlines/calendar.ts';
import { dueDate } from '../deadlines/due-date.ts';
import { loadCatalogue } from '../procedures/catalogue.ts';
import { Failure } from '../rooms/failure.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, type Where } from './output.ts';

interface DeadlineOptions {
  readonly procedure: string;
  readonly received: string;
  readonly calendar?: string;
  readonly json?: boolean;
}

export function deadline(where: Where) {
  return async (options: DeadlineOptions): Promise<number> => {
    const { resources } = nodeMachine(where).paths;
    const procedure = loadCatalogue(resources).get(options.procedure);
    if (!procedure?.time) throw new Failure('procedure-unknown', options.procedure);
    if (Number.isNaN(Date.parse(options.received)))
      throw new Failure('bad-request', '--received needs an ISO 8601 time');
    const { value, unit, cutoff, text } = procedure.time;
    const due = withCalendars(resources, options.calendar, (folder) =>
      dueDate({ receivedAt: options.received, value, unit, cutoff, calendar: loadCalendar(folder) }),
    );
    if (options.json)
      printJson({ procedure: procedure.code, received: options.received, value, unit, cutoff, text, ...due });
    else say(`${procedure.name}: ${text} → ${due.dueAt}`);
    return EXIT.done;
  };
}

/** A calendar file given on the command line replaces the shipped one of the same name (`2027.json`). */
function withCalendars<T>(resources: string, file: string | undefined, work: (folder: string) => T): T {
  if (file === undefined) return work(resources);
  const folder = mkdtempSync(join(tmpdir(), 'motcua-calendar-'));
  try {
    cpSync(join(resources, 'calendars'), join(folder, 'calendars'), { recursive: true });
    copyFileSync(file, join(folder, 'calendars', basename(file)));
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
