/** The app of one command: opened before it, closed after it. */
import { type App, openApp } from '../app/app.ts';
import type { Context } from './command.ts';

export async function withApp<T>(context: Context, fn: (app: App) => Promise<T>): Promise<T> {
  const { pipelines, workdir, env, log, actor } = context;
  const app = openApp({ pipelines, workdir, env, log, actor });
  try {
    return await fn(app);
  } finally {
    await app.close();
  }
}
