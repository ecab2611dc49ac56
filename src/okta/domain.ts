import { isIP } from 'node:net';

/** An Okta org's address after normalisation. */
export interface OktaDomain {
  /** Lower case host, with a port only for a loopback host: the key of everything that is kept for an org. */
  domain: string;
  /** Origin without trailing slash: `https://…`, or `http://…` for a loopback host. */
  origin: string;
}

/**
 * Reads what people paste as their Okta domain. A scheme and a trailing slash are stripped, case is folded.
 *
 * @throws Error that names the fault and the fix: an admin console host, a path, user info, a port or plain
 * http on a public host.
 */
export function parseOktaDomain(text: string): OktaDomain {
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
    throw new Error(
      `"${scheme}://" is not a scheme that Okta speaks; write the host alone, such as acme.okta.com`,
    );
  }
  const rest = scheme === undefined ? trimmed : trimmed.slice(scheme.length + 3);
  const authority = rest.replace(/\/$/, '');
  if (authority.includes('@'))
    throw new Error('must not carry user info; write the host alone, such as acme.okta.com');
  if (/[/?#\\]/.test(authority)) {
    throw new Error('must not carry a path or a query; write the host alone, such as acme.okta.com');
  }
  const url = URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`) : undefined;
  if (!url?.hostname || /\s/.test(authority)) {
    throw new Error('is not a host name; write the host alone, such as acme.okta.com');
  }
  if (isLoopback(url.hostname)) return { domain: url.host, origin: `http://${url.host}` };

  const host = url.hostname;
  if (scheme === 'http')
    throw new Error(`plain http would send the token in clear; write https://${host} or ${host}`);
  if (/:\d+$/.test(authority)) throw new Error(`a port is taken only for a loopback host; write ${host}`);
  const admin = /^(.+)-admin(\.(?:okta|oktapreview|okta-emea|okta-gov)\.com|\.okta\.mil)$/.exec(host);
  if (admin) throw new Error(`${host} is the admin console; write ${admin[1]}${admin[2]}`);
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !host.includes('.')) {
    throw new Error(
      `"${host}" is not an Okta domain; write the host in full, such as ${host.split('.')[0]}.okta.com`,
    );
  }
  return { domain: host, origin: `https://${host}` };
}

/** Whether a host name, as `URL` gives it, is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
