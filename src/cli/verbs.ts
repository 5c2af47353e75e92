/** All verbs, in the order in which help lists them. A new verb is a file in verbs/ and a line here. */
import type { Section, Verb } from './command.ts';

export const sections: readonly Section[] = [
  {
    title: 'Begin',
    verbs: [
      {
        name: 'home',
        usage: '',
        summary: 'Show pipelines and recent runs and what to type next',
        load: () => import('./verbs/home.ts'),
      },
      {
        name: 'demo',
        usage: '',
        summary: 'Run every pipeline over its samples against the sandbox',
        load: () => import('./verbs/demo.ts'),
      },
      {
        name: 'guess',
        usage: '<csv>',
        summary: 'Write a first pipeline for a CSV file',
        load: () => import('./verbs/guess.ts'),
      },
      {
        name: 'check',
        usage: '[pipeline]',
        summary: 'List every mistake in pipeline and account files',
        load: () => import('./verbs/check.ts'),
      },
      {
        name: 'sql',
        usage: '<pipeline>',
        summary: 'Print the SQL that a pipeline compiles to',
        load: () => import('./verbs/sql.ts'),
      },
      {
        name: 'sandbox',
        usage: '',
        summary: 'Serve stand-ins for the platforms on this machine',
        load: () => import('./verbs/sandbox.ts'),
      },
    ],
  },
  {
    title: 'Run',
    verbs: [
      {
        name: 'preview',
        usage: '<pipeline>',
        summary: 'Show the requests that the first rows become',
        load: () => import('./verbs/preview.ts'),
      },
      {
        name: 'plan',
        usage: '<pipeline>',
        summary: 'Show what a run would send and when it would end',
        load: () => import('./verbs/plan.ts'),
      },
      {
        name: 'run',
        usage: '<pipeline>',
        summary: 'Resume unfinished runs and import new files',
        load: () => import('./verbs/run.ts'),
      },
      {
        name: 'resume',
        usage: '[run]',
        summary: 'Continue one unfinished run or all of them',
        load: () => import('./verbs/resume.ts'),
      },
      {
        name: 'stop',
        usage: '[run]',
        summary: 'Stop running runs cleanly',
        load: () => import('./verbs/stop.ts'),
      },
    ],
  },
  {
    title: 'Look',
    verbs: [
      {
        name: 'status',
        usage: '[run]',
        summary: 'Show the state of every pipeline or of one run',
        load: () => import('./verbs/status.ts'),
      },
      {
        name: 'errors',
        usage: '[run]',
        summary: 'List rows that need attention',
        load: () => import('./verbs/errors.ts'),
      },
      {
        name: 'find',
        usage: '<value>',
        summary: 'Find what became of a transaction or member or row',
        load: () => import('./verbs/find.ts'),
      },
      {
        name: 'report',
        usage: '<run>',
        summary: 'Write the files of a run again from the database',
        load: () => import('./verbs/report.ts'),
      },
    ],
  },
  {
    title: 'Repair',
    verbs: [
      {
        name: 'rerun',
        usage: '<run>',
        summary: 'Send rejected and failed rows again',
        load: () => import('./verbs/rerun.ts'),
      },
      {
        name: 'settle',
        usage: '<run>',
        summary: 'Record the outcome of rows whose outcome is unknown',
        load: () => import('./verbs/settle.ts'),
      },
      {
        name: 'dismiss',
        usage: '<run>',
        summary: 'Close an open run or one group of its errors',
        load: () => import('./verbs/dismiss.ts'),
      },
      {
        name: 'members import',
        usage: '<csv>',
        summary: 'Add member keys to the crosswalk of an account',
        load: () => import('./verbs/members-import.ts'),
      },
      {
        name: 'pause',
        usage: '<account>',
        summary: 'Stop all sending to an account',
        load: () => import('./verbs/pause.ts'),
      },
      {
        name: 'unpause',
        usage: '<account>',
        summary: 'Allow sending to an account again',
        load: () => import('./verbs/unpause.ts'),
      },
    ],
  },
  {
    title: 'Operate',
    verbs: [
      {
        name: 'migrate',
        usage: '',
        summary: 'Bring the database schema to this version',
        load: () => import('./verbs/migrate.ts'),
      },
      {
        name: 'doctor',
        usage: '',
        summary: 'Check this machine and the database',
        load: () => import('./verbs/doctor.ts'),
      },
      {
        name: 'db',
        usage: 'start|stop|status|psql',
        summary: 'Manage the embedded PostgreSQL server',
        load: () => import('./verbs/db.ts'),
      },
      {
        name: 'accept-ledger',
        usage: '',
        summary: 'Continue with a database that was restored from a backup',
        load: () => import('./verbs/accept-ledger.ts'),
      },
      {
        name: 'completion',
        usage: 'bash|zsh',
        summary: 'Print a script that completes commands in a shell',
        load: async () => ({ default: (await import('./verbs/completion.ts')).default(verbs) }),
      },
    ],
  },
];

export const verbs: readonly Verb[] = sections.flatMap((section) => section.verbs);
