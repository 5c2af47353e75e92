/** The fabric stand-in. */
import { json, type PlatformApi } from '../call.ts';

const failure = (status: number, message: string) => json(status, { message });

export const fabric: PlatformApi = {
  platform: 'fabric',
  resolve: () => ({
    route: 'fabric.unknown',
    subject: null,
    identity: null,
    handle: () => failure(404, 'not yet'),
  }),
  failure,
};
