import { z } from 'zod';
import { Random } from './random';
import type { Route } from './routes';

const FAULT_STREAM = 71;

const count = z.number().int().positive();

/** Which calls a rule is about; every field that is given must hold. */
const MATCH = z.strictObject({
  /**
   * Against path and query. A string is what they contain, where `*` is any text: the control API takes no regular
   * expression, which could be one that takes for ever.
   */
  path: z.union([z.instanceof(RegExp), z.string().max(500)]).optional(),
  route: z
    .enum(['users', 'user', 'userGroups', 'groups', 'group', 'members', 'organization', 'token', 'unknown'])
    .optional(),
  hasExpand: z.boolean().optional(),
  /** Calls that ask for a larger page than this. */
  limitOver: count.optional(),
  /** Only this one of the calls that match the fields above; the first is 1. */
  nth: count.optional(),
  /** Not the first so many of them. */
  after: count.optional(),
  /** At most so often. */
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
  /** No body, and nothing that says that it is Okta who answers. */
  z.strictObject({ type: z.literal('noBody'), status: z.number().int().min(200).max(599) }),
  z.strictObject({ type: z.literal('html'), status: z.number().int().min(200).max(599) }),
  z.strictObject({ type: z.literal('redirect'), location: z.string() }),
  /** The answer has this text as its `Date`. */
  z.strictObject({ type: z.literal('date'), date: z.string() }),
  /** The connection breaks before the answer. */
  z.strictObject({ type: z.literal('reset') }),
  /** The answer is made so much later. */
  z.strictObject({ type: z.literal('delay'), delayMs: z.number().nonnegative() }),
  /** The answer is made at once and sent so much later, or when {@link Faults.release} is called: it says what was. */
  z.strictObject({ type: z.literal('late'), delayMs: z.number().nonnegative().optional() }),
  /** Half of the body that Content-Length promises, then the connection breaks. */
  z.strictObject({ type: z.literal('truncate') }),
  /** Half of the body, then nothing while the connection stays open. */
  z.strictObject({ type: z.literal('stall') }),
  /** A complete answer whose body is cut. */
  z.strictObject({ type: z.literal('invalidJson') }),
  /** The next link points to another origin; a last page gets one too. */
  z.strictObject({ type: z.literal('foreignNext'), origin: z.string() }),
  /** The next link asks for the same page again. */
  z.strictObject({ type: z.literal('samePage') }),
  /** The page begins with the last item of the page before. */
  z.strictObject({ type: z.literal('repeatItem') }),
  /** `[]` with a next link to the page that was asked for, each time with another cursor; without `nth` or `times` that never ends. */
  z.strictObject({ type: z.literal('emptyPage') }),
  /**
   * The last page leads on, each time with another cursor: to `[]` for ever (`empty`), or to the list's beginning
   * (`again`), so that the same items come over and over.
   */
  z.strictObject({ type: z.literal('endless'), pages: z.enum(['empty', 'again']) }),
  /** `[]` without a next link. */
  z.strictObject({ type: z.literal('emptyList') }),
  /** Raw items in the middle of the page. */
  z.strictObject({ type: z.literal('inject'), items: z.array(z.json()) }),
  /** The first item of the page gets an attribute of so many nested lists. */
  z.strictObject({ type: z.literal('nest'), levels: count }),
  /** This share of the users is in no member list, while `usersCount` stays; 1 hides all. */
  z.strictObject({ type: z.literal('hideMembers'), share: z.number().min(0).max(1) }),
  /** `expand=stats` embeds no `usersCount`. */
  z.strictObject({ type: z.literal('noUsersCount') }),
]);

export const FAULT_RULE = z.strictObject({ name: z.string().optional(), match: MATCH, action: ACTION });

/** A rule as it is written; defaults may be left out. */
export type FaultRule = z.input<typeof FAULT_RULE>;

export type FaultAction = z.output<typeof ACTION>;

export type FaultActionOf<Type extends FaultAction['type']> = Extract<FaultAction, { type: Type }>;

/** What a rule can see of a call. */
export interface FaultTarget {
  readonly route: Route;
  readonly pathAndQuery: string;
  readonly hasExpand: boolean;
  readonly limit: number;
}

export interface FaultReport {
  readonly name: string;
  /** Calls that fitted, before `nth`, `after`, `times` and `probability`. */
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

/** Rules that make the simulated org fail in chosen ways; all rules that fit a call act on it. */
export class Faults {
  private rules: ActiveRule[] = [];
  private held: (() => void)[] = [];
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed, FAULT_STREAM);
  }

  /**
   * Replaces all rules, and their counts.
   *
   * @throws ZodError for a bad rule; the old rules then stay.
   */
  set(rules: readonly FaultRule[]): void {
    const parsed = rules.map(activate);
    this.rules = parsed;
  }

  /** @throws ZodError for a bad rule. */
  add(rule: FaultRule): void {
    this.rules.push(activate(rule));
  }

  /** Removes all rules, and sends what is held back. */
  clear(): void {
    this.rules = [];
    this.release();
  }

  /** Keeps an answer back until {@link release}. */
  hold(send: () => void): void {
    this.held.push(send);
  }

  /** Sends the answers that `late` holds back, in the order in which they were asked for. */
  release(): void {
    for (const send of this.held.splice(0)) send();
  }

  /** How often each rule fitted and fired, in their order. */
  report(): FaultReport[] {
    return this.rules.map(({ name, matched, fired }) => ({ name, matched, fired }));
  }

  /** Counts the call, and returns what is to go wrong with it. */
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
  // Without `g` or `y`, which would make a test depend on the one before.
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
