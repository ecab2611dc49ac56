import { isLoopback } from '../../orgs/domain';
import { mayAct } from '../safety/people';
import type { PageContext } from './pageContext';
import { ACCESS_TITLES } from './accessWords';
import { Icon, type IconName } from './icons';
import {
  accessPath,
  changesPath,
  integrationPath,
  listPath,
  questionsPath,
  runsPath,
  SOURCES_PATH,
} from './links';

const KINDS = ['apps', 'roles', 'rules'] as const;

/** The side of every page: the org, its pages, and the pages about the whole installation; on a phone, a menu. */
export function Navigation({ page }: { page: PageContext }) {
  const { domain, orgs, access } = page;
  return (
    <header class="side">
      <div>
        <a class="brand" href="/">
          <img src="/static/icon.svg" width={18} height={18} alt="" />
          okta-graph
        </a>
        {orgs.length > 0 && <OrgSwitcher domain={domain} orgs={orgs} />}
        <button class="quiet" type="button" popovertarget="pages">
          Menu
        </button>
        <div id="pages" popover="auto">
          {domain !== undefined && (
            <nav aria-label={`Pages of ${domain}`}>
              <NavLink
                {...{ page, icon: 'overview', name: 'Overview', href: integrationPath(domain) }}
                isExact
              />
              <NavLink {...{ page, icon: 'users', name: 'Users', href: listPath(domain, 'User') }} />
              <NavLink {...{ page, icon: 'groups', name: 'Groups', href: listPath(domain, 'Group') }} />
              {KINDS.filter((kind) => access.includes(kind)).map((kind) => (
                <NavLink
                  {...{ page, icon: kind, name: ACCESS_TITLES[kind], href: accessPath(domain, kind) }}
                />
              ))}
              <NavLink {...{ page, icon: 'questions', name: 'Questions', href: questionsPath(domain) }} />
              <NavLink {...{ page, icon: 'changes', name: 'Changes', href: changesPath(domain) }} />
              <NavLink {...{ page, icon: 'runs', name: 'Runs', href: runsPath(domain) }} />
            </nav>
          )}
          <nav aria-label="Main">
            <NavLink {...{ page, icon: 'sources', name: 'Sources', href: SOURCES_PATH }} />
            {mayAct(page, 'operator') && (
              <NavLink {...{ page, icon: 'audit', name: 'Audit', href: '/audit' }} />
            )}
            {mayAct(page, 'admin') && (
              <NavLink {...{ page, icon: 'add', name: 'Add integration', href: '/add' }} />
            )}
            {mayAct(page, 'admin') && (
              <NavLink {...{ page, icon: 'tokens', name: 'API tokens', href: '/tokens' }} />
            )}
          </nav>
        </div>
      </div>
    </header>
  );
}

function OrgSwitcher({ domain, orgs }: { domain: string | undefined; orgs: readonly string[] }) {
  return (
    <details class="switch">
      <summary>
        <span>{domain ?? 'Choose an org'}</span>
      </summary>
      <ul>
        {orgs.map((each) => (
          <li>
            <a href={integrationPath(each)} {...(each === domain ? { 'aria-current': 'true' } : {})}>
              {each} <SimulatedBadge domain={each} />
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Marks an org on this machine, which only a simulated one can be. */
export function SimulatedBadge({ domain }: { domain: string }) {
  const isSimulated = isLoopback(new URL(`http://${domain}`).hostname);
  return isSimulated ? <span class="badge still">simulated</span> : null;
}

function NavLink({
  page: { path },
  icon,
  name,
  href,
  isExact = false,
}: {
  page: PageContext;
  icon: IconName;
  name: string;
  href: string;
  isExact?: boolean;
}) {
  const isHere = path === href || (!isExact && path.startsWith(`${href}/`));
  return (
    <a href={href} {...(isHere ? { 'aria-current': 'page' } : {})}>
      <Icon name={icon} />
      {name}
    </a>
  );
}
