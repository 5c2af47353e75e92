/** The members of the fabric stand-in. */
import type { FabricChange, FabricSeed } from '../effects.ts';
import type { JsonObject } from '../json.ts';

export interface FabricMember {
  readonly profileId: string;
  readonly loyaltyNumber: string;
  /** As last sent, under the names of the request. */
  fields: JsonObject;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  updatedAt: number;
}

export interface FabricState {
  readonly members: Map<string, FabricMember>;
}

export const emptyFabric = (): FabricState => ({ members: new Map() });

export function addFabricMember(state: FabricState, seed: FabricSeed, at: number): void {
  state.members.set(seed.profileId, {
    profileId: seed.profileId,
    loyaltyNumber: seed.loyaltyNumber ?? String(10_000_000_000 + state.members.size + 1),
    fields: { ...seed.fields },
    createdAt: at,
    updatedAt: at,
  });
}

export function applyFabric(state: FabricState, profileId: string, change: FabricChange, at: number): void {
  const member = state.members.get(profileId);
  if (member === undefined) return;
  member.fields = change.mode === 'replace' ? { ...change.fields } : { ...member.fields, ...change.fields };
  member.updatedAt = at;
}
