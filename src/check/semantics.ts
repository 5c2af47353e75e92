/** What a well-shaped pipeline may still get wrong: against its kind, and against itself. */
import { posix } from 'node:path';
import type { FieldDeclaration, Kind } from '../destinations/kind.ts';
import { swapDayAndMonth } from '../ground/date-format.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Report } from '../ground/shape.ts';
import { didYouMean } from '../ground/words.ts';
import { keyColumnName, keyColumns, neededColumns, scalarsOf, sourceColumns } from '../mapping/columns.ts';
import { explainSql } from '../mapping/compile.ts';
import { typeNameOf, typeOf, types, typesFor } from '../mapping/types/index.ts';
import { formatsOf } from '../mapping/types/time.ts';
import {
  type FieldMapping,
  type Items,
  isScalar,
  type NumberForm,
  originOf,
  type Scalar,
} from '../pipeline/mapping.ts';
import type { Pipeline } from '../pipeline/types.ts';

/** Reports every mistake that can be told without a file. `pipeline` has the right shape. */
export function checkPipeline(pipeline: Pipeline, kind: Kind, report: Report): void {
  let found = 0;
  const counted: Report = (path, reason) => {
    found++;
    report(path, reason);
  };
  checkFields(pipeline, kind, counted);
  checkNature(pipeline, kind, counted);
  checkGroup(pipeline, counted);
  checkNumbers(pipeline, counted);
  checkControl(pipeline, counted);
  checkPutBack(pipeline, counted);
  if (found > 0) return;
  // whatever is left, the compiler says
  trying(counted, 'columns', () => {
    explainSql(
      pipeline,
      kind,
      neededColumns(pipeline).map((column) => column.name),
    );
  });
}

function trying(report: Report, path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PointferryError)) throw error;
    report(path, error.message);
  }
}

function checkFields(pipeline: Pipeline, kind: Kind, report: Report): void {
  for (const [name, mapping] of Object.entries(pipeline.columns)) {
    const path = `columns.${name}`;
    const declared = kind.fields[name];
    if (declared === undefined) {
      report(path, `${kind.name} has no field "${name}"${didYouMean(name, Object.keys(kind.fields))}`);
      continue;
    }
    if (declared.whole && pipeline.complete !== true) {
      report(path, 'replaces the whole on the platform: state complete: true if the file holds all of it');
    }
    checkField(mapping, declared, path, name === kind.subjectField, report);
  }
  for (const [name, declared] of Object.entries(kind.fields)) {
    if (declared.required && pipeline.columns[name] === undefined) {
      report('columns', `${kind.name} needs the field "${name}"`);
    }
  }
}

function checkField(
  mapping: FieldMapping,
  declared: FieldDeclaration,
  path: string,
  isSubject: boolean,
  report: Report,
): void {
  if (isScalar(mapping)) {
    if (isMany(declared) && typeOf(mapping, declared.type).isJson !== true) {
      report(path, `is a ${declared.type}: map its names, or read JSON with as: 'json'`);
    }
    checkScalar(mapping, declared, path, isSubject, report);
    return;
  }
  if (!isMany(declared)) report(path, 'is one value: say where it comes from, as in { from: … }');
  else if (!isItemsList(mapping)) checkItems(mapping, declared, path, report);
  else if (declared.type === 'dictionary') report(path, 'is a dictionary: one set of names');
  else {
    for (const [index, items] of mapping.entries()) checkItems(items, declared, `${path}[${index}]`, report);
  }
}

const isMany = ({ type }: FieldDeclaration): boolean => type === 'list' || type === 'dictionary';

const isItemsList = (mapping: FieldMapping): mapping is readonly Items[] => Array.isArray(mapping);

function checkItems(items: Items, declared: FieldDeclaration, path: string, report: Report): void {
  for (const [name, scalar] of Object.entries(items)) {
    const item = declared.item?.[name];
    if (declared.item !== undefined && item === undefined) {
      report(
        `${path}.${name}`,
        `an item has no field "${name}"${didYouMean(name, Object.keys(declared.item))}`,
      );
      continue;
    }
    checkScalar(scalar, item ?? { type: 'text', source: declared.source }, `${path}.${name}`, false, report);
  }
  for (const [name, item] of Object.entries(declared.item ?? {})) {
    if (item.required && items[name] === undefined) report(path, `an item needs the field "${name}"`);
  }
}

function checkScalar(
  mapping: Scalar,
  declared: FieldDeclaration,
  path: string,
  isSubject: boolean,
  report: Report,
): void {
  trying(report, path, () => sourceColumns(mapping));
  if ('via' in mapping && mapping.via !== undefined && !isSubject)
    report(`${path}.via`, 'only the member is looked up in the crosswalk');
  if ('unknown' in mapping && mapping.unknown !== undefined && !('via' in mapping)) {
    report(
      `${path}.unknown`,
      "says what to do about a member that the crosswalk does not know: state via: 'crosswalk'",
    );
  }
  if (originOf(mapping) === 'sum' && !['decimal', 'integer', 'text'].includes(declared.type)) {
    report(path, `a sum is a number, and the field is ${declared.type}`);
  }
  checkValues(mapping, declared, path, report);
  checkTypes(mapping, declared, path, report);
}

/** Constants and mapped values must be ones that the platform takes. */
function checkValues(mapping: Scalar, declared: FieldDeclaration, path: string, report: Report): void {
  const { values } = declared;
  if (values === undefined) return;
  const refuse = (at: string, value: string): void => {
    if (!values.includes(value))
      report(at, `"${value}" is not one of ${values.slice(0, 12).join(', ')}${didYouMean(value, values)}`);
  };
  if ('constant' in mapping) refuse(`${path}.constant`, mapping.constant);
  if ('map' in mapping) {
    for (const [key, value] of Object.entries(mapping.map ?? {})) refuse(`${path}.map.${key}`, value);
  }
}

function checkTypes(mapping: Scalar, declared: FieldDeclaration, path: string, report: Report): void {
  const name = typeNameOf(mapping, declared.type);
  const fits = typesFor(declared.type);
  if (!isMany(declared) && !fits.includes(name))
    report(`${path}.as`, `the field is ${declared.type}: ${fits.join(' or ')}, not ${name}`);
  if (types[name].keys.includes('format') && 'format' in mapping)
    checkFormats(formatsOf(mapping), `${path}.format`, report);
}

/** 05-06 under both dd-MM and MM-dd is two days: nobody but a person can say which. */
function checkFormats(formats: readonly string[], path: string, report: Report): void {
  for (const [index, format] of formats.entries()) {
    const twin = formats.findIndex((other) => other === swapDayAndMonth(format) && other !== format);
    if (twin > index)
      report(path, `'${format}' and '${formats[twin]}' read the same text as two dates: keep one`);
  }
}

/** A report that is read as data the next night. */
function checkPutBack({ source }: Pipeline, report: Report): void {
  if (source.putBack === undefined) return;
  const name = posix.join(source.putBack, 'pipeline_r23456_errors.csv');
  if (posix.matchesGlob(name, posix.normalize(source.path)))
    report('source.putBack', 'error reports there would be taken as files: name another folder');
}

/** What a trailer says can only be compared with what there is. */
function checkControl({ format, amount }: Pipeline, report: Report): void {
  if (format?.control === undefined) return;
  if (!format.trailer) report('format.control', 'stands in the trailer: state trailer');
  if (format.control.total !== undefined && amount === undefined)
    report('format.control.total', 'is compared with the sum of the amounts: state amount');
}

/** 1,234 is one number with a decimal comma and another with a comma between thousands. */
function checkNumbers({ numbers, columns, amount }: Pipeline, report: Report): void {
  const check = (form: NumberForm, path: string): void => {
    if (form.thousands !== undefined && form.thousands === (form.decimal ?? '.'))
      report(path, `'${form.thousands}' cannot be both the decimal sign and between thousands: keep one`);
  };
  for (const [name, form] of Object.entries(numbers ?? {})) check(form, `numbers.${name}`);
  for (const [name, mapping] of Object.entries(columns)) {
    for (const scalar of scalarsOf(mapping)) check(scalar as NumberForm, `columns.${name}`);
  }
  if (amount) check(amount, 'amount');
}

function checkNature(pipeline: Pipeline, kind: Kind, report: Report): void {
  const { identity, version, businessDate, amount, group } = pipeline;
  if (kind.nature === 'event') {
    if (identity === undefined)
      report(
        'identity',
        `${kind.name} is an event: state what makes one the same, or { source, file: true }`,
      );
    if (version !== undefined) report('version', `${kind.name} is an event: only states have versions`);
    if (identity !== undefined && 'file' in identity && group !== undefined)
      report('identity', 'a group needs a natural key: state columns');
    return;
  }
  if (identity !== undefined) report('identity', `${kind.name} is a state: its subject is its identity`);
  if (amount !== undefined) report('amount', `${kind.name} is a state: only events have amounts`);
  const versionType = version && typeNameOf(version, 'instant');
  if (versionType !== undefined && types[versionType].instant === undefined)
    report('version.as', `a version is a date or a timestamp, not ${versionType}`);
  if (version === undefined && businessDate === undefined) {
    report('version', `${kind.name} is a state: state version (a changed-at column) or businessDate`);
  }
}

function checkGroup(pipeline: Pipeline, report: Report): void {
  const { group, amount } = pipeline;
  if (group === undefined) {
    if (amount?.per === 'group') report('amount.per', "'group' needs a group");
    return;
  }
  const known = new Set(neededColumnsSafely(pipeline));
  for (const name of Object.keys(group.take ?? {})) {
    if (!known.has(name))
      report(`group.take.${name}`, `no mapping reads the column "${name}"${didYouMean(name, known)}`);
  }
  const keys = keyColumns(group.by).map(keyColumnName);
  for (const name of group.fill ?? []) {
    if (keys.includes(name)) report('group.fill', `"${name}" makes the group: it must stand on every row`);
  }
}

/** Columns that mappings read; an expression that is not understood is reported elsewhere. */
function neededColumnsSafely(pipeline: Pipeline): readonly string[] {
  const all = [
    ...Object.values(pipeline.columns).flatMap(scalarsOf),
    ...(pipeline.version ? [pipeline.version] : []),
  ];
  return all.flatMap((scalar) => {
    try {
      return sourceColumns(scalar);
    } catch {
      return [];
    }
  });
}
