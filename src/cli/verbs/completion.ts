import { exit, PointferryError } from '../../ground/errors.ts';
import { type Command, type Verb, verb } from '../command.ts';
import { completable, scripts } from '../completion.ts';

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
      const script = scripts[context.args[0] ?? ''];
      if (!script) throw new PointferryError('CONFIG_USAGE', 'completion: expected bash or zsh');
      const text = script(await completable(verbs));
      context.document({ shell: context.args[0], script: text });
      context.say(text);
      return exit.ok;
    },
  });
