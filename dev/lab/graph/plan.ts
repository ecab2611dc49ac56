import type { ResultSummary, Session } from 'neo4j-driver';

/** One operator of a query's plan. */
export interface PlanStep {
  /** Such as `NodeIndexSeek`, without the planner's name. */
  operator: string;
  /** What it works on, as Neo4j prints it. */
  details: string;
  /** Absent unless the query was run. */
  dbHits: number | undefined;
  isLeaf: boolean;
}

/** How Neo4j would run a statement. */
export async function explain(
  session: Session,
  cypher: string,
  parameters: Record<string, unknown>,
): Promise<PlanStep[]> {
  const { summary } = await session.run(`EXPLAIN ${cypher}`, parameters);
  return stepsOf(summary);
}

/** The operators of a plan, from the result to where it begins. */
export function stepsOf({ plan, profile }: ResultSummary): PlanStep[] {
  const root = (profile || plan) as DriverPlan | false;
  return root ? flat(root) : [];
}

/** An operator as the driver has it; hits are counted only where the query was run. */
interface DriverPlan {
  operatorType: string;
  arguments: Record<string, unknown>;
  children: DriverPlan[];
  dbHits?: number;
}

function flat({ operatorType, arguments: told, children, dbHits }: DriverPlan): PlanStep[] {
  const step: PlanStep = {
    operator: operatorType.split('@')[0] ?? '',
    details: String(told['Details'] ?? ''),
    dbHits,
    isLeaf: children.length === 0,
  };
  return [step, ...children.flatMap(flat)];
}
