import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { type Command, type Verb, verb } from '../command.ts';
import { completionScript } from '../completion.ts';

/** A function of the list that it stands in, which it cannot import. */
export default (verbs: readonly Verb[]): Command =>
  verb({
    description:
      'Prints a script that completes verbs, flags and the names of pipelines and accounts. Names come from the folder of pipelines: --pipelines, POINTFERRY_PIPELINES, else pipelines.',
    positionals: [1, 1],
    examples: [
      ['pointferry completion bash >> ~/.bashrc', 'for bash'],
      ['pointferry completion zsh > ~/.zfunc/_pointferry', 'for zsh, with fpath+=~/.zfunc before compinit'],
    ],
    options: {},
    async run(context) {
      const shell = (['bash', 'zsh'] as const).find((each) => each === context.args[0]);
      if (!shell) throw new PointferryError('CONFIG_USAGE', 'completion: expected bash or zsh');
      const script = await completionScript(shell, verbs);
      context.document({ shell, script });
      context.say(script);
      return exit.ok;
    },
  });
