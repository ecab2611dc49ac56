import type { FaultAction } from './faults';

/** A page whose items are JSON with leading commas. */
export interface RawPage {
  readonly bodies: readonly Buffer[];
  readonly nextUrl?: string;
}

interface Surroundings {
  readonly samePageUrl: string;
  /** The same page, with a new cursor. */
  readonly newSamePageUrl: string;
  /** The end and the beginning of the list, with a new cursor. */
  readonly endUrl: string;
  readonly beginningUrl: string;
  /** The last item of the previous page. */
  readonly previousBody?: Buffer;
}

/** Applies faults to a page, in order. */
export function applyFaults(page: RawPage, actions: readonly FaultAction[], around: Surroundings): RawPage {
  return actions.reduce((changed, action) => applyFault(changed, action, around), page);
}

function applyFault(page: RawPage, action: FaultAction, around: Surroundings): RawPage {
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

/**
 * Adds an attribute with nested lists to the JSON of an object. It is built as text, because serializers limit the
 * depth.
 */
function nested(body: Buffer, levels: number): Buffer {
  const lists = '['.repeat(levels) + ']'.repeat(levels);
  return Buffer.concat([body.subarray(0, -1), Buffer.from(`,"nested":${lists}}`)]);
}
