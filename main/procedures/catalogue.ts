/**
 * @file The catalogue of administrative procedures: loaded once from `resources/procedures/procedures.json`, searched as
 * the officer types. Source data keeps its Vietnamese keys; this file is the only one that knows them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Procedure, ProcedureComponent, ProcedureSummary, TimeUnit } from '../../preload/types.ts';
import { rankProcedures, type Ranked } from './search.ts';

const SourceComponent = z.object({
  name: z.string(),
  kind: z.enum(['nop', 'xuat_trinh', 'bieu_mau_dien_tu']),
  original: z.int(),
  copy: z.int(),
  required: z.boolean(),
  condition: z.string().nullish(),
  digitise: z.boolean(),
});
const SourceProcedure = z.object({
  code: z.string(),
  name: z.string(),
  field: z.string(),
  level: z.string(),
  status: z.string(),
  replaced_by: z.string().nullable(),
  processing_time: z
    .object({
      value: z.number().nullable(),
      unit: z.enum(['same_day', 'working_day', 'calendar_day', 'working_hour']),
      cutoff: z.string().nullish(),
      text: z.string(),
    })
    .nullable(),
  fee: z.object({
    direct_vnd: z.int().nullable(),
    online_vnd: z.int().nullable(),
    unit: z.string().nullish(),
    note: z.string().nullish(),
  }),
  components: z.array(SourceComponent),
  result: z.array(z.object({ name: z.string(), code: z.string().nullish() })),
  digitise_input: z.boolean(),
  digitise_result: z.boolean(),
});
type SourceProcedure = z.infer<typeof SourceProcedure>;

const KINDS: Readonly<Record<z.infer<typeof SourceComponent>['kind'], ProcedureComponent['kind']>> = {
  nop: 'submitted',
  xuat_trinh: 'presented',
  bieu_mau_dien_tu: 'electronic-form',
};
const UNITS: Readonly<Record<string, TimeUnit>> = {
  same_day: 'same-day',
  working_day: 'working-day',
  calendar_day: 'calendar-day',
  working_hour: 'working-hour',
};

export interface Catalogue {
  /** Best first. Text needs no diacritics; words may be beginnings, a code or its beginning. */
  readonly search: (text: string, limit: number) => ProcedureSummary[];
  readonly get: (code: string) => Procedure | null;
}

/** @throws when the file is missing or does not fit: the program cannot work without its catalogue */
export function loadCatalogue(resourcesFolder: string): Catalogue {
  const text = readFileSync(join(resourcesFolder, 'procedures', 'procedures.json'), 'utf8');
  return createCatalogue(JSON.parse(text));
}

export function createCatalogue(source: unknown): Catalogue {
  const { procedures } = z.object({ procedures: z.array(SourceProcedure) }).parse(source);
  const byCode = new Map(procedures.map((item) => [item.code, toProcedure(item)]));
  const ranked: Ranked[] = procedures.map((item) => ({
    summary: {
      code: item.code,
      name: item.name.normalize('NFC'),
      field: item.field.normalize('NFC'),
      level: item.level,
    },
    isCurrent: item.status === 'active' && item.replaced_by === null,
  }));
  const search = rankProcedures(ranked);
  return { search, get: (code) => byCode.get(code) ?? null };
}

function toProcedure(item: SourceProcedure): Procedure {
  const { processing_time: time, fee } = item;
  return {
    code: item.code,
    name: item.name.normalize('NFC'),
    field: item.field.normalize('NFC'),
    level: item.level,
    components: item.components.flatMap((component, index) => {
      // The national list carries notes as components with quantity 0 (regulations 3.6).
      if (component.original === 0 && component.copy === 0) return [];
      return [
        {
          id: `${item.code}#${index}`,
          name: component.name.normalize('NFC'),
          kind: KINDS[component.kind],
          originals: component.original,
          copies: component.copy,
          isRequired: component.required,
          condition: component.condition ?? null,
          mustDigitise: component.digitise && component.kind === 'nop',
        },
      ];
    }),
    results: item.result.map((result) => ({ code: result.code ?? null, name: result.name })),
    // A unit without a value means "not verified": no appointment can be computed from it.
    time:
      time === null || time.value === null
        ? null
        : { value: time.value, unit: UNITS[time.unit] ?? 'working-day', cutoff: time.cutoff ?? null, text: time.text },
    fee: { directVnd: fee.direct_vnd, onlineVnd: fee.online_vnd, unit: fee.unit ?? null, note: fee.note ?? null },
    digitisesInput: item.digitise_input,
    digitisesResult: item.digitise_result,
  };
}
