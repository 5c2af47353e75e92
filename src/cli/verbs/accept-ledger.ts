import { acceptLedgerAsIs, ledgerState } from '../../app/decisions.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { note } from '../options.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'A restored backup or a failover can take the database back in time: it then no longer knows what was sent since. Pointferry refuses to send until this verb records that continuing is right. Operations that the database no longer knows as sent are sent again. Read docs/backup-and-restore.md first.',
  positionals: [0, 0],
  examples: [
    ['pointferry accept-ledger --dry-run', 'show why runs are refused; change nothing'],
    [
      'pointferry accept-ledger --note "restored the backup of Tuesday"',
      'record the decision; --yes does not replace the note',
    ],
  ],
  options: {
    note: note('why the database went back and why continuing is right; kept'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { ledger, behind } = await ledgerState(app);
      if (behind === null) {
        context.document({ ledger, behind, accepted: false });
        context.say(`ledger ${ledger} is where it was seen last from here: there is nothing to accept`);
        return exit.ok;
      }
      context.say(`ledger ${ledger} went back: ${behind}`);
      if (context.dryRun) {
        context.document({ ledger, behind, accepted: false });
        return exitOf({ undecided: true });
      }
      const { note } = context.flags;
      if (note === undefined)
        throw new PointferryError(
          'CONFIG_USAGE',
          'accept-ledger: --note is missing: say why continuing is right',
          {
            hint: 'pointferry accept-ledger --note "…"',
          },
        );
      await acceptLedgerAsIs(app, note);
      context.document({ ledger, behind, accepted: true });
      context.say('accepted: the next run continues from here');
      return exit.ok;
    }),
});
export default command;
