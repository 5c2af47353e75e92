import { asIs, byBytes, columnType, putValue } from './column-type.ts';

export const text = columnType({
  about: 'any text',
  keys: [],
  own: ['text', 'enum'],
  fits: ['email'],
  code: null,
  read: (asked) => ({ value: putValue(asked, asked.text), reason: 'never' }),
  text: asIs,
  order: byBytes,
});
