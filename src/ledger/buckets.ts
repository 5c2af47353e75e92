/** The nine buckets of the books, and the three families that are read first (docs/architecture.md#rows-and-buckets). */
export const buckets = [
  'delivered',
  'unchanged',
  'duplicate',
  'filtered',
  'rejected',
  'failed',
  'unknown',
  'parked',
  'pending',
] as const;
export type Bucket = (typeof buckets)[number];

export const families = {
  done: ['delivered', 'unchanged', 'duplicate', 'filtered'],
  person: ['rejected', 'failed', 'unknown'],
  waits: ['parked', 'pending'],
} as const satisfies Readonly<Record<string, readonly Bucket[]>>;
export type Family = keyof typeof families;

/** What a screen says for a family. */
export const familyName: Readonly<Record<Family, string>> = {
  done: 'done',
  person: 'attention',
  waits: 'waiting',
};

/** Rows read, and how many are in each bucket. */
export type Counts = { readonly read: number } & Readonly<Record<Bucket, number>>;

export const isBucket = (text: string): text is Bucket => (buckets as readonly string[]).includes(text);

/** A value for each bucket. */
export function perBucket<T>(make: (bucket: Bucket) => T): Record<Bucket, T> {
  const entries = buckets.map((bucket) => [bucket, make(bucket)] as const);
  return Object.fromEntries(entries) as Record<Bucket, T>;
}

export const noCounts = (): { read: number } & Record<Bucket, number> => ({
  read: 0,
  ...perBucket(() => 0),
});

/** Rows of one family. */
export const familyRows = (counts: Counts, family: Family): number =>
  families[family].reduce((sum, bucket) => sum + counts[bucket], 0);
