import { findPipeline } from '../../check/find.ts';
import { loadKinds } from '../../destinations/index.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { explainSql } from '../../mapping/compile.ts';
import { neededColumns } from '../../mapping/needed.ts';
import { verb } from '../command.ts';

const command = verb({
  description: 'Prints the SQL that normalize runs over the raw table of a file. It needs no database.',
  positionals: [1, 1],
  examples: [['pointferry sql pos-transactions', 'to read, or to explain in psql']],
  options: {},
  async run(context) {
    const { name, pipeline } = await findPipeline(context.pipelines, context.args[0] ?? '');
    const kind = (await loadKinds()).get(pipeline.operation);
    if (!kind)
      throw new PointferryError(
        'CONFIG_INVALID',
        `${name}: this version does not know ${pipeline.operation}`,
      );
    const sql = explainSql(
      pipeline,
      kind,
      neededColumns(pipeline).map((column) => column.name),
    );
    context.document({ pipeline: name, sql });
    context.say(sql);
    return exit.ok;
  },
});
export default command;
