/**
 * The state of all three stand-ins, and the one way to change it: `commit` queues the line for the journal and applies
 * it; the replay at start applies the same lines.
 */
import { type Effect, isBusiness, type NewEffect, type ProgramSettings } from './effects.ts';
import { addFabricMember, applyFabric, emptyFabric, type FabricState } from './fabric/state.ts';
import {
  addActivityType,
  addMember,
  applyActivity,
  applyFields,
  emptyHang,
  type HangState,
} from './hang/state.ts';
import type { Journal } from './journal.ts';
import { ExactNumber } from './json.ts';

export interface State {
  hang: HangState;
  fabric: FabricState;
  stickystreet: { readonly programs: Map<string, ProgramSettings> };
  /** What the platforms' own endpoints applied since the last reset, oldest first. */
  effects: Effect[];
  /** Number of the last line of the journal. */
  last: number;
}

export const emptyState = (): State => ({
  hang: emptyHang(),
  fabric: emptyFabric(),
  stickystreet: { programs: new Map() },
  effects: [],
  last: 0,
});

export function apply(state: State, effect: Effect): void {
  const at = Date.parse(effect.at);
  state.last = effect.n;
  if (isBusiness(effect)) state.effects.push(effect);
  switch (effect.type) {
    case 'hang.activity':
      applyActivity(state.hang, effect.subject, effect.identity ?? '', effect.content, at);
      return;
    case 'hang.member':
    case 'hang.enroll': {
      const member = state.hang.members.get(effect.subject);
      if (member === undefined) addMember(state.hang, { id: effect.subject, ...effect.content }, at);
      else applyFields(state.hang, member, effect.content, at);
      return;
    }
    case 'seed.hang.member':
      addMember(state.hang, effect.content, at);
      return;
    case 'seed.hang.activityType':
      addActivityType(state.hang, effect.content);
      return;
    case 'fabric.member':
      applyFabric(state.fabric, effect.subject, effect.content, at);
      return;
    case 'seed.fabric.member':
      addFabricMember(state.fabric, effect.content, at);
      return;
    case 'stickystreet.program':
    case 'seed.stickystreet.program':
      state.stickystreet.programs.set(effect.subject, effect.content);
      return;
    case 'reset':
      Object.assign(state, { ...emptyState(), last: effect.n });
      return;
  }
}

/** A line as the journal gives it back: its own file, so only the number needs turning. */
export function applyLine(state: State, line: unknown): void {
  const raw = line as Omit<Effect, 'n'> & { n: unknown };
  const n = raw.n instanceof ExactNumber ? Number(raw.n.text) : Number.NaN;
  apply(state, { ...raw, n } as Effect);
}

/** Changes the state and queues the line; the caller answers nobody before `journal.settled()`. */
export function committer(state: State, journal: Journal, onEffect: (effect: Effect) => void) {
  return (change: NewEffect): Effect => {
    const effect: Effect = { n: state.last + 1, at: new Date().toISOString(), ...change };
    journal.append(effect);
    apply(state, effect);
    onEffect(effect);
    return effect;
  };
}
