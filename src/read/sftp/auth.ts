/** Logging in. Secrets are resolved here, at the moment of use, and go nowhere else. */
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { PointferryError } from '../../ground/errors.ts';
import type { EnvRef, SftpSource } from '../../pipeline/source.ts';
import type { Secrets } from '../source.ts';
import { agentSocket } from './settings.ts';

const maxRounds = 10;

/**
 * Key, agent, keyboard-interactive and password, those that the options state, in this order. Many servers ask
 * for the password through prompts only: a password stated alone answers those too. Throws CONFIG_INVALID and
 * CONFIG_MISSING_ENV, never with the secret.
 */
export function authOf(options: SftpSource, secrets: Secrets): AnyAuthMethod[] {
  const { auth } = options;
  const value = (ref: EnvRef): string => {
    const text = secrets(ref);
    if (text === undefined || text === '')
      throw new PointferryError('CONFIG_MISSING_ENV', `${ref.env} is not set`);
    return text;
  };
  const methods: AnyAuthMethod[] = [];
  const { user: username } = options;
  if (auth.key !== undefined) {
    const passphrase = auth.passphrase === undefined ? undefined : value(auth.passphrase);
    methods.push({ type: 'publickey', username, key: keyOf(value(auth.key), auth.key, passphrase) });
  }
  if (auth.agent !== undefined)
    methods.push({ type: 'agent', username, agent: auth.agent === true ? value(agentSocket) : auth.agent });
  const answers = (auth.answers ?? (auth.password === undefined ? [] : [auth.password])).map(value);
  const answer = answering(answers);
  if (answers.length > 0)
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(answer(prompts.map(({ prompt }) => prompt))),
    });
  if (auth.password !== undefined)
    methods.push({ type: 'password', username, password: value(auth.password) });
  if (methods.length === 0)
    throw new PointferryError(
      'CONFIG_INVALID',
      'auth of the source needs a key, an agent, a password or answers',
    );
  return methods;
}

/** Each prompt takes the next answer; further prompts get an empty one. */
function answering(answers: readonly string[]): (prompts: readonly string[]) => string[] {
  const left = [...answers];
  let rounds = 0;
  return (prompts) => {
    rounds += 1;
    return rounds > maxRounds ? [] : prompts.map(() => left.shift() ?? '');
  };
}

function keyOf(text: string, ref: EnvRef, passphrase: string | undefined): ParsedKey {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (!(parsed instanceof Error) && parsed.isPrivateKey()) return parsed;
  const locked = parsed instanceof Error && /passphrase|decrypt|integrity/i.test(parsed.message);
  throw new PointferryError(
    'CONFIG_INVALID',
    locked
      ? `the key in ${ref.env} needs a passphrase, or another one`
      : `${ref.env} holds no private key in a form known here`,
  );
}
