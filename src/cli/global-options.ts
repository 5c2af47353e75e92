/** Flags that every verb takes. */
import { choice, defaulted, flag, folder, text } from './options.ts';

export const globalOptions = {
  json: flag('print one JSON document on stdout; logs go to stderr'),
  'log-format': defaulted(
    choice('format of the log: pretty or json', 'FORMAT', ['pretty', 'json']),
    'pretty',
  ),
  'log-level': defaulted(
    choice('least level that is logged: debug, info, warn or error', 'LEVEL', [
      'debug',
      'info',
      'warn',
      'error',
    ]),
    'warn',
  ),
  pipelines: defaulted(folder('folder of the pipeline files'), 'pipelines'),
  workdir: defaulted(folder('folder of runs and of the embedded database'), '.pointferry'),
  'dry-run': flag('print what would be done; send and change nothing'),
  yes: flag('agree to the first send to a production account without being asked'),
  by: text('who runs the command (default POINTFERRY_ACTOR, else the user)', 'NAME'),
  help: { ...flag('print this help'), short: 'h' },
  version: flag('print the versions of Pointferry, Node and the schema'),
};
