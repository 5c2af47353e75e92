/** What is looked at now and then: true at most once within `ms`, and at first at once. */
export function createEvery(ms: number): () => boolean {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + ms;
    return true;
  };
}
