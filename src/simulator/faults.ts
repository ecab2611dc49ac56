import { z } from 'zod';
import { Random } from './random';
import { type Route, ROUTE_KINDS } from './routes';

const FAULT_STREAM = 71;

const count = z.number().int().positive();

/** Calls that a rule matches. All given fields must match. */
const MATCH = z.strictObject({
  /**
   * Matches path and query. A string matches if they contain it; `*` stands for any text. The control API does not
   * accept regular expressions, because they could take exponential time.
   */
  path: z.union([z.instanceof(RegExp), z.string().max(500)]).optional(),
  route: z.enum(ROUTE_KINDS).optional(),
  hasExpand: z.boolean().optional(),
  /** Calls that request a larger page than this. */
  limitOver: count.optional(),
  /** Only the nth of the calls that match the fields above, starting at 1. */
  nth: count.optional(),
  /** Number of matching calls to skip first. */
  after: count.optional(),
  /** Maximum number of times that the rule fires. */
  times: count.optional(),
  probability: z.number().min(0).max(1).optional(),
});

const ACTION = z.discriminatedUnion('type', [
  /** An Okta error, or any other JSON body. */
  z.strictObject({
    type: z.literal('error'),
    status: z.number().int().min(200).max(599),
    errorCode: z.string().default('E0000009'),
    errorSummary: z.string().default('Internal Server Error'),
    body: z.json().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** No body, and no sign that the response is from Okta. */
  z.strictObject({ type: z.literal('noBody'), status: z.number().int().min(200).max(599) }),
  z.strictObject({ type: z.literal('html'), status: z.number().int().min(200).max(599) }),
  z.strictObject({ type: z.literal('redirect'), location: z.string() }),
  /** Replaces the `Date` header. */
  z.strictObject({ type: z.literal('date'), date: z.string() }),
  /** Resets the connection before the response. */
  z.strictObject({ type: z.literal('reset') }),
  /** Delays the response and its content. */
  z.strictObject({ type: z.literal('delay'), delayMs: z.number().nonnegative() }),
  /** Creates the response immediately, and sends it after a delay or on {@link Faults.release}, when it is outdated. */
  z.strictObject({ type: z.literal('late'), delayMs: z.number().nonnegative().optional() }),
  /** Sends half of the body and closes the connection. */
  z.strictObject({ type: z.literal('truncate') }),
  /** Sends half of the body and keeps the connection open. */
  z.strictObject({ type: z.literal('stall') }),
  /** Sends a complete response with half of the JSON. */
  z.strictObject({ type: z.literal('invalidJson') }),
  /** Points the next link to another origin, also on the last page. */
  z.strictObject({ type: z.literal('foreignNext'), origin: z.string() }),
  /** Points the next link to the same page. */
  z.strictObject({ type: z.literal('samePage') }),
  /** Starts the page with the last item of the previous page. */
  z.strictObject({ type: z.literal('repeatItem') }),
  /**
   * `[]` with a next link to the requested page, with a new cursor each time. Without `nth` or `times` it never ends.
   */
  z.strictObject({ type: z.literal('emptyPage') }),
  /**
   * Gives the last page a next link, with a new cursor each time: to endless `[]` pages (`empty`), or to the beginning
   * of the list (`again`), so that the same items repeat endlessly.
   */
  z.strictObject({ type: z.literal('endless'), pages: z.enum(['empty', 'again']) }),
  /** `[]` without a next link. */
  z.strictObject({ type: z.literal('emptyList') }),
  /** Inserts raw items in the middle of the page. */
  z.strictObject({ type: z.literal('inject'), items: z.array(z.json()) }),
  /** Adds an attribute with this many nested lists to the first item of the page. */
  z.strictObject({ type: z.literal('nest'), levels: count }),
  /** Hides a share of the users from member lists, but not from `usersCount`; 1 hides all. */
  z.strictObject({ type: z.literal('hideMembers'), share: z.number().min(0).max(1) }),
  /** Leaves `usersCount` out of `expand=stats`. */
  z.strictObject({ type: z.literal('noUsersCount') }),
  /** Gives another `usersCount` in `expand=stats`, as one that lags behind. */
  z.strictObject({ type: z.literal('usersCount'), is: z.number().int().nonnegative() }),
]);

export const FAULT_RULE = z.strictObject({ name: z.string().optional(), match: MATCH, action: ACTION });

/** A rule as written; fields with defaults may be left out. */
export type FaultRule = z.input<typeof FAULT_RULE>;

export type FaultAction = z.output<typeof ACTION>;

export type FaultActionOf<Type extends FaultAction['type']> = Extract<FaultAction, { type: Type }>;

/** Properties of a call that rules match. */
export interface FaultTarget {
  readonly route: Route;
  readonly pathAndQuery: string;
  readonly hasExpand: boolean;
  readonly limit: number;
}

export interface FaultReport {
  readonly name: string;
  /** Calls that matched, before `nth`, `after`, `times` and `probability`. */
  readonly matched: number;
  readonly fired: number;
}

interface ActiveRule {
  readonly name: string;
  readonly fits: (pathAndQuery: string) => boolean;
  readonly match: z.output<typeof MATCH>;
  readonly action: FaultAction;
  matched: number;
  fired: number;
}

/** Rules that make the simulated org fail. All rules that match a call are applied to it. */
export class Faults {
  private rules: ActiveRule[] = [];
  private held: (() => void)[] = [];
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed, FAULT_STREAM);
  }

  /**
   * Replaces all rules and resets their counts.
   *
   * @throws ZodError for an invalid rule; the old rules are kept.
   */
  set(rules: readonly FaultRule[]): void {
    const parsed = rules.map(activate);
    this.rules = parsed;
  }

  /** @throws ZodError for an invalid rule. */
  add(rule: FaultRule): void {
    this.rules.push(activate(rule));
  }

  /** Removes all rules and sends held responses. */
  clear(): void {
    this.rules = [];
    this.release();
  }

  /** Holds a response until {@link release}. */
  hold(send: () => void): void {
    this.held.push(send);
  }

  /** Sends the responses that `late` holds, in order of their requests. */
  release(): void {
    for (const send of this.held.splice(0)) send();
  }

  /** Returns how often each rule matched and fired, in order. */
  report(): FaultReport[] {
    return this.rules.map(({ name, matched, fired }) => ({ name, matched, fired }));
  }

  /** Counts a call and returns the faults to apply. */
  fire(target: FaultTarget): FaultAction[] {
    return this.rules.filter((rule) => this.fires(rule, target)).map((rule) => rule.action);
  }

  private fires(rule: ActiveRule, target: FaultTarget): boolean {
    const { match } = rule;
    if (!rule.fits(target.pathAndQuery)) return false;
    if (match.route !== undefined && match.route !== target.route.kind) return false;
    if (match.hasExpand !== undefined && match.hasExpand !== target.hasExpand) return false;
    if (match.limitOver !== undefined && target.limit <= match.limitOver) return false;
    rule.matched++;
    if (match.nth !== undefined && rule.matched !== match.nth) return false;
    if (match.after !== undefined && rule.matched <= match.after) return false;
    if (match.times !== undefined && rule.fired >= match.times) return false;
    if (match.probability !== undefined && !this.random.chance(match.probability)) return false;
    rule.fired++;
    return true;
  }
}

export function actionOf<Type extends FaultAction['type']>(
  actions: readonly FaultAction[],
  type: Type,
): FaultActionOf<Type> | undefined {
  return actions.find((action): action is FaultActionOf<Type> => action.type === type);
}

function activate(rule: FaultRule): ActiveRule {
  const { name, match, action } = FAULT_RULE.parse(rule);
  return { name: name ?? action.type, fits: fits(match.path), match, action, matched: 0, fired: 0 };
}

function fits(path: RegExp | string | undefined): (pathAndQuery: string) => boolean {
  if (path === undefined) return () => true;
  if (typeof path === 'string') return (pathAndQuery) => containsInOrder(pathAndQuery, path.split('*'));
  // Without `g` and `y`, which would make a match depend on the previous one.
  const pattern = new RegExp(path, path.flags.replace(/[gy]/g, ''));
  return (pathAndQuery) => pattern.test(pathAndQuery);
}

function containsInOrder(text: string, parts: readonly string[]): boolean {
  let position = 0;
  for (const part of parts) {
    const found = text.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return true;
}
