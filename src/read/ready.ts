/** Which files are finished. That a file is quiet proves nothing, so the rules are combined. */
import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds } from '../ground/duration.ts';
import type { ReadyRules } from '../pipeline/source.ts';
import { fill } from './after.ts';
import { type Companion, type Facts, findCompanion } from './companion.ts';
import { defaults } from './defaults.ts';
import type { Candidate, Source } from './source.ts';

export interface Ready {
  readonly candidate: Candidate;
  readonly facts: Facts;
  /** A companion of this file alone, which the after action moves with it; a manifest of many files is left. */
  readonly companion: string | null;
}
export interface Waiting {
  readonly candidate: Candidate;
  readonly why: string;
}

/**
 * Applies the rules to what was listed. For `stableFor` it waits and lists again, once for all files; files that appear in
 * between are left for a later run. Companions of listed files are not files of their own.
 */
export async function whichAreReady(
  source: Source,
  candidates: readonly Candidate[],
  rules: ReadyRules,
  context: { now: () => Date; signal?: AbortSignal },
): Promise<{ ready: Ready[]; waiting: Waiting[] }> {
  const files = withoutCompanions(candidates, rules.companion);
  const moving = await moved(source, files, rules, context.signal);
  const ready: Ready[] = [];
  const waiting: Waiting[] = [];
  for (const candidate of files) {
    const why = moving.get(candidate.path) ?? tooYoung(candidate, rules, context.now());
    const companion = why === undefined ? await companionOf(source, candidate, rules) : null;
    if (why !== undefined) waiting.push({ candidate, why });
    else if (companion?.found === false) waiting.push({ candidate, why: companion.why });
    else if (companion === null) ready.push({ candidate, facts: {}, companion: null });
    else if ((companion.facts.size ?? candidate.size) !== candidate.size)
      waiting.push({ candidate, why: `${candidate.size} bytes, announced ${companion.facts.size}` });
    else ready.push({ candidate, facts: companion.facts, companion: companion.own ? companion.path : null });
  }
  return { ready, waiting };
}

function withoutCompanions(candidates: readonly Candidate[], template: string | undefined): Candidate[] {
  if (template === undefined) return [...candidates];
  const companions = new Set([template, ...candidates.map(({ name }) => fill(template, name))]);
  return candidates.filter(({ name }) => !companions.has(name));
}

async function moved(
  source: Source,
  candidates: readonly Candidate[],
  rules: ReadyRules,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const moving = new Map<string, string>();
  if (rules.stableFor === undefined || candidates.length === 0) return moving;
  const looks = Math.max(2, rules.looks ?? defaults.looks);
  const pause = milliseconds(rules.stableFor) / (looks - 1);
  for (let i = 1; i < looks; i++) {
    await sleep(pause, undefined, { signal });
    const now = new Map((await source.list()).candidates.map((found) => [found.path, found]));
    for (const { path, size, mtime } of candidates) {
      const found = now.get(path);
      if (found === undefined) moving.set(path, 'it is gone');
      else if (found.size !== size) moving.set(path, `it grew from ${size} to ${found.size} bytes`);
      else if (found.mtime.getTime() !== mtime.getTime()) moving.set(path, 'it was written to');
    }
  }
  return moving;
}

function tooYoung(candidate: Candidate, rules: ReadyRules, now: Date): string | undefined {
  if (rules.minAge === undefined) return undefined;
  const age = now.getTime() - candidate.mtime.getTime();
  return age < milliseconds(rules.minAge) ? `last written less than ${rules.minAge} ago` : undefined;
}

async function companionOf(
  source: Source,
  candidate: Candidate,
  rules: ReadyRules,
): Promise<Companion | null> {
  if (rules.companion === undefined) return null;
  return findCompanion(source, candidate, rules.companion, rules.holds ?? []);
}
