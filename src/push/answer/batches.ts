/** Collects settlements and writes them in batches, one after another. */
import type { Db } from '../../db/pool.ts';
import { patiently } from '../database-trouble.ts';
import { type Settled, type SettleResult, type SettleScope, settle } from './settle.ts';

export interface Settler {
  readonly add: (settled: Settled) => void;
  readonly waiting: () => number;
  /** Resolves when everything added so far is written. Throws what writing threw. */
  readonly drain: () => Promise<void>;
}

/** What comes in while a batch is gathered or written goes together: fewer transactions, and no fixed delay for one. */
const gatherMs = 5;
const most = 500;

interface SettlerContext {
  readonly db: Db;
  readonly scope: () => SettleScope;
  readonly onBatch: (batch: readonly Settled[], result: SettleResult) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly databaseWithinMs: number;
}

export function createSettler({ db, scope, onBatch, onError, databaseWithinMs }: SettlerContext): Settler {
  const queue: Settled[] = [];
  let writing: Promise<void> | null = null;
  let batchSize = 0;

  const write = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    while (queue.length > 0) {
      const batch = queue.splice(0, most);
      batchSize = batch.length;
      // answers are the one thing that cannot be asked for again: they are kept until the database is back
      const result = await patiently(db, databaseWithinMs, () => settle(db, scope(), batch));
      batchSize = 0;
      await onBatch(batch, result);
    }
  };
  const start = (): void => {
    if (writing !== null) return;
    writing = write().finally(() => {
      writing = null;
    });
    writing.catch(onError);
  };
  return {
    add(settled) {
      queue.push(settled);
      start();
    },
    waiting: () => queue.length + batchSize,
    async drain() {
      while (writing !== null || queue.length > 0) {
        start();
        await writing;
      }
    },
  };
}
