/** How the Sticky Street stand-in writes an answer: XML (the default), JSON, JSONP; indented unless condensed. */
import type { Answer } from '../call.ts';
import type { Switches } from '../switches.ts';

type Child = string | Payload;
/** A child of the response: text, or children of its own; a list repeats its element. */
export type Payload = { readonly [name: string]: Child | readonly Child[] };

export interface Output {
  readonly as: 'xml' | 'json';
  readonly callback: string | undefined;
  readonly condensed: boolean;
}

/** Reads `output`, `callback` and `condensed`; names are compared as they are, `JSON` and `yes` in any case. */
export function outputOf(form: ReadonlyMap<string, string>, switches: Switches['stickystreet']): Output {
  const asked = (form.get('output') ?? 'XML').toUpperCase();
  const callback = form.get('callback');
  const jsonp = callback !== undefined && (asked === 'JSON' || switches.callbackAlone === 'jsonp');
  return {
    as: asked === 'JSON' || jsonp ? 'json' : 'xml',
    callback: jsonp ? callback : undefined,
    condensed: form.get('condensed')?.toLowerCase() === 'yes',
  };
}

export function write(
  httpStatus: number,
  status: 'success' | 'error',
  payload: Payload,
  output: Output,
  switches: Switches['stickystreet'],
): Answer {
  if (output.as === 'xml') {
    const inner = xml(payload, '  ', switches.bareAmpersand);
    const body = `<response status="${status}">\n${inner}</response>\n`;
    return { status: httpStatus, type: 'text/xml; charset=utf-8', body };
  }
  const text = JSON.stringify({ status, ...payload }, null, output.condensed ? 0 : 4);
  return output.callback === undefined
    ? { status: httpStatus, type: 'application/json; charset=utf-8', body: text }
    : {
        status: httpStatus,
        type: 'application/javascript; charset=utf-8',
        body: `${output.callback}(${text})`,
      };
}

function xml(payload: Payload, indent: string, bareAmpersand: boolean): string {
  const element = (name: string, value: Child): string =>
    typeof value === 'string'
      ? `${indent}<${name}>${escapeXml(value, bareAmpersand)}</${name}>\n`
      : `${indent}<${name}>\n${xml(value, `${indent}  `, bareAmpersand)}${indent}</${name}>\n`;
  return Object.entries(payload)
    .flatMap(([name, value]) => [value].flat().map((one) => element(name, one as Child)))
    .join('');
}

/** The real server has sent `&` as it is (docs/platforms/stickystreet.md#the-answer); the switch does so too. XML cannot hold control characters. */
const escapeXml = (text: string, bareAmpersand: boolean): string =>
  (bareAmpersand ? text : text.replaceAll('&', '&amp;'))
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '?');
