/** Headings and links of the repository's pages, as GitHub makes them. */
import { existsSync, readFileSync } from 'node:fs';

export interface Section {
  readonly anchor: string;
  /** From its heading to the next one of any level. */
  readonly text: string;
}

/** `What an event meets` -> `what-an-event-meets`. */
export const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** The text without blocks of code, whose lines may look like headings or links. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** Returns the sections of a page, or an empty list if there is no such file. */
export function sectionsOf(file: string): readonly Section[] {
  if (!existsSync(file)) return [];
  const parts = prose(readFileSync(file, 'utf8')).split(/^(?=#{1,6} )/m);
  return parts.flatMap((text) => {
    const heading = /^#{1,6} (.*)/.exec(text)?.[1];
    return heading === undefined ? [] : [{ anchor: anchorOf(heading), text }];
  });
}

/** The targets of links, code left out. */
export const linksIn = (text: string): readonly string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
