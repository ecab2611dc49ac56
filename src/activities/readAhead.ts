/**
 * Reads a source ahead of its consumer, at most `max` items, and yields all items that are ready together. An error of
 * the source is thrown after the items before it.
 */
export async function* readAhead<Item>(source: AsyncIterator<Item>, max: number): AsyncGenerator<Item[]> {
  let ready: Item[] = [];
  let isEnded = false;
  let failure: { error: unknown } | undefined;
  /** Never rejects. */
  let pending: Promise<void> | undefined;

  const readOn = (): void => {
    if (isEnded || ready.length >= max) return;
    pending ??= source
      .next()
      .then(
        (item) => {
          if (item.done) isEnded = true;
          else ready.push(item.value);
        },
        (error: unknown) => {
          isEnded = true;
          failure = { error };
        },
      )
      .then(() => {
        pending = undefined;
        readOn();
      });
  };

  try {
    for (;;) {
      readOn();
      while (ready.length === 0 && pending) await pending;
      if (ready.length === 0) break;
      const items = ready;
      ready = [];
      readOn();
      yield items;
    }
    if (failure) throw failure.error;
  } finally {
    isEnded = true;
  }
}
