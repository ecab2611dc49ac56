import type { FaultAction } from './faults';

/** A page whose items are JSON that is led by a comma. */
export interface RawPage {
  readonly bodies: readonly Buffer[];
  readonly nextUrl?: string;
}

interface Surroundings {
  readonly samePageUrl: string;
  /** The same with a cursor that was never given before. */
  readonly newSamePageUrl: string;
  /** A next link to the list's end, or to its beginning, with a cursor that was never given before. */
  readonly endUrl: string;
  readonly beginningUrl: string;
  /** The last item of the page before. */
  readonly previousBody?: Buffer;
}

/** Does to a page what its faults say, in their order. */
export function bendPage(page: RawPage, actions: readonly FaultAction[], around: Surroundings): RawPage {
  return actions.reduce((bent, action) => bend(bent, action, around), page);
}

function bend(page: RawPage, action: FaultAction, around: Surroundings): RawPage {
  const { samePageUrl, previousBody } = around;
  switch (action.type) {
    case 'endless': {
      if (page.nextUrl !== undefined) return page;
      return { ...page, nextUrl: action.pages === 'empty' ? around.endUrl : around.beginningUrl };
    }
    case 'foreignNext': {
      const next = new URL(page.nextUrl ?? samePageUrl);
      return { ...page, nextUrl: new URL(next.pathname + next.search, action.origin).href };
    }
    case 'samePage':
      return { ...page, nextUrl: samePageUrl };
    case 'emptyPage':
      return { bodies: [], nextUrl: around.newSamePageUrl };
    case 'emptyList':
      return { bodies: [] };
    case 'repeatItem':
      return previousBody ? { ...page, bodies: [previousBody, ...page.bodies] } : page;
    case 'inject': {
      const raw = action.items.map((item) => Buffer.from(`,${JSON.stringify(item)}`));
      return { ...page, bodies: page.bodies.toSpliced(page.bodies.length >> 1, 0, ...raw) };
    }
    case 'nest': {
      const [first, ...rest] = page.bodies;
      return first ? { ...page, bodies: [nested(first, action.levels), ...rest] } : page;
    }
    default:
      return page;
  }
}

/** The JSON of an object with one more attribute; it is written as text, since no serializer goes so deep. */
function nested(body: Buffer, levels: number): Buffer {
  const lists = '['.repeat(levels) + ']'.repeat(levels);
  return Buffer.concat([body.subarray(0, -1), Buffer.from(`,"nested":${lists}}`)]);
}
