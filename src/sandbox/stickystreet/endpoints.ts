/** The stickystreet stand-in. */
import { json, type PlatformApi } from '../call.ts';

const failure = (status: number, message: string) => json(status, { message });

export const stickystreet: PlatformApi = {
  platform: 'stickystreet',
  resolve: () => ({
    route: 'stickystreet.unknown',
    subject: null,
    identity: null,
    handle: () => failure(404, 'not yet'),
  }),
  failure,
};
