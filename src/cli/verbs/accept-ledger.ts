import { exit, PointferryError } from '../../ground/errors.ts';
import { acceptLedger, lookAtLedger } from '../../ledger/position/check.ts';
import { marksFolder } from '../../ledger/position/mark.ts';
import { type Command, text } from '../command.ts';
import { withDatabase } from '../open.ts';

const command: Command = {
  name: 'accept-ledger',
  summary: 'Goes on with a ledger that went back in time; what was sent since is sent again.',
  usage: '',
  positionals: [0, 0],
  examples: [
    ['pointferry accept-ledger --dry-run', 'why runs are refused; changes nothing'],
    [
      'pointferry accept-ledger --note "restored the backup of Tuesday, the platform was asked"',
      'recorded; --yes does not do it',
    ],
  ],
  options: {
    note: { type: 'string', value: 'TEXT', help: 'why it went back, and why going on is right' },
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const marks = marksFolder(context.workdir, context.env);
      const { place, behind } = await lookAtLedger(db, marks);
      const ledger = place.id;
      if (behind === null) {
        context.document({ ledger, behind, accepted: false });
        context.say(`ledger ${ledger} is where it was seen last from here: there is nothing to accept`);
        return exit.ok;
      }
      context.say(`ledger ${ledger} went back: ${behind}`);
      if (context.dryRun) {
        context.document({ ledger, behind, accepted: false });
        return exit.fatal;
      }
      const note = text(context.flags, 'note')?.trim();
      if (!note)
        throw new PointferryError('CONFIG_USAGE', 'accept-ledger: --note has to say why going on is right', {
          hint: 'pointferry accept-ledger --note "…"',
        });
      await acceptLedger(db, marks, { actor: context.actor, note });
      context.document({ ledger, behind, accepted: true });
      context.say('accepted: the next run goes on from here');
      return exit.ok;
    }),
};
export default command;
