/** What is shown of runs while they are under way: their display, on stderr, and each one's summary at its end. */
import type { RunEvent } from '../app/watch.ts';
import type { Context } from './command.ts';
import { type Live, startLive } from './live.ts';
import { selectedText } from './text/rerun.ts';

export function screenOf(context: Context): (event: RunEvent) => void {
  let live: Live | undefined;
  return (event) => {
    switch (event.type) {
      case 'reopened':
        return context.say(`${event.run} was dismissed, and is resumed`);
      case 'selected':
        return context.say(`${event.run}: ${selectedText(event.selected)}`);
      case 'started':
        live = startLive(event.run, liveOptions(context));
        return;
      case 'progress':
        return live?.update(event.progress);
      case 'ended':
        live?.finish();
        for (const line of event.report?.text ?? []) context.say(line);
    }
  };
}

const liveOptions = ({ terminal, width, env }: Context): Parameters<typeof startLive>[1] => ({
  write: (text) => void process.stderr.write(text),
  terminal: terminal && process.stderr.isTTY === true,
  width,
  color: !env.NO_COLOR,
});
