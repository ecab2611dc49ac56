/** Maximum number of streams. Browsers open six HTTP/1.1 connections to a host, and pages need one of them. */
const MAX_PER_SESSION = 5;
/** A client can get a new session by dropping its cookie, but not a new network. */
const MAX_PER_NETWORK = 25;
const MAX_TOTAL = 200;

/** The owner of a stream. */
export interface Place {
  session: string;
  network: string;
}

/** Slots for streams. Each stream keeps a connection open. */
export class Places {
  private readonly taken = new Set<Place>();

  /** @returns a function that frees the slot, or undefined if none is free. */
  take(place: Place): (() => void) | undefined {
    const taken = [...this.taken];
    const ofSession = taken.filter(({ session }) => session === place.session).length;
    const ofNetwork = taken.filter(({ network }) => network === place.network).length;
    if (ofSession >= MAX_PER_SESSION || ofNetwork >= MAX_PER_NETWORK || taken.length >= MAX_TOTAL)
      return undefined;
    const own = { ...place };
    this.taken.add(own);
    return () => void this.taken.delete(own);
  }
}
