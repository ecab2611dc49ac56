/** Max. streams: browsers open six connections to a host over HTTP/1.1, and pages need one of them too. */
const MAX_OF_SESSION = 5;
/** Dropping the cookie makes a new session, but not a new network. */
const MAX_OF_NETWORK = 25;
const MAX_OF_ALL = 200;

/** Who has a stream open. */
export interface Place {
  session: string;
  network: string;
}

/** Places for streams, which each keep a connection open. */
export class Places {
  private readonly taken = new Set<Place>();

  /** @returns a function that frees the place; undefined if there is none. */
  take(place: Place): (() => void) | undefined {
    const taken = [...this.taken];
    const ofSession = taken.filter(({ session }) => session === place.session).length;
    const ofNetwork = taken.filter(({ network }) => network === place.network).length;
    if (ofSession >= MAX_OF_SESSION || ofNetwork >= MAX_OF_NETWORK || taken.length >= MAX_OF_ALL)
      return undefined;
    const own = { ...place };
    this.taken.add(own);
    return () => void this.taken.delete(own);
  }
}
