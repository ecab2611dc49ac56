import { isIP } from 'node:net';
import { brief } from '../text/printable';

/** An Okta org's normalized address. */
export interface OktaDomain {
  /** Lowercase host, with a port only for a loopback host: the key of everything that is stored for an org. */
  domain: string;
  /** Origin without a trailing slash: `https://…`, or `http://…` for a loopback host. */
  origin: string;
}

/**
 * Parses an Okta domain as people enter it. A scheme and a trailing slash are removed, and the case is normalized.
 *
 * @throws Error that names the mistake and the fix: an admin console host, a path, user info, a port, or plain http on
 * a public host.
 */
export function parseOktaDomain(text: string): OktaDomain {
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
    throw new Error(
      `"${scheme}://" is not a scheme that Okta uses; enter only the host, such as acme.okta.com`,
    );
  }
  const rest = scheme === undefined ? trimmed : trimmed.slice(scheme.length + 3);
  const authority = rest.replace(/\/$/, '');
  if (authority.includes('@'))
    throw new Error('must not contain user info; enter only the host, such as acme.okta.com');
  if (/[/?#\\]/.test(authority)) {
    throw new Error('must not contain a path or a query; enter only the host, such as acme.okta.com');
  }
  const url = URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`) : undefined;
  if (!url?.hostname || /\s/.test(authority)) {
    throw new Error('is not a host name; enter only the host, such as acme.okta.com');
  }
  if (isLoopback(url.hostname)) return { domain: url.host, origin: `http://${url.host}` };

  const host = url.hostname;
  if (host.endsWith('.')) throw new Error(`must not end with a dot; enter ${host.replace(/\.+$/, '')}`);
  if (host.endsWith('.localhost'))
    throw new Error(`"${host}" is this machine; enter localhost or 127.0.0.1, and its port`);
  if (scheme === 'http')
    throw new Error(`plain http would send the token unencrypted; enter https://${host} or ${host}`);
  if (/:\d+$/.test(authority)) throw new Error(`a port is only allowed for a loopback host; enter ${host}`);
  const admin = /^(.+)-admin(\.(?:okta|oktapreview|okta-emea|okta-gov)\.com|\.okta\.mil)$/.exec(host);
  if (admin) throw new Error(`${host} is the admin console; enter ${admin[1]}${admin[2]}`);
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !host.includes('.')) {
    const example = host.includes('.') ? 'acme.okta.com' : `${host}.okta.com`;
    throw new Error(`"${host}" is not an Okta domain; enter the full host name, such as ${example}`);
  }
  checkLabels(host);
  return { domain: host, origin: `https://${host}` };
}

/** Maximum length of a host name, and the form of its labels, by RFC 1035 and RFC 1123. */
const MAX_HOST_LENGTH = 253;
const LABEL = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/;

function checkLabels(host: string): void {
  if (host.length > MAX_HOST_LENGTH)
    throw new Error(
      `is longer than a host name's ${MAX_HOST_LENGTH} characters; enter one like acme.okta.com`,
    );
  const bad = host.split('.').find((label) => !LABEL.test(label));
  if (bad === undefined) return;
  throw new Error(
    bad === ''
      ? 'has two dots with nothing between them; enter only the host, such as acme.okta.com'
      : `has the part "${brief(bad)}", but each part of a host name has 1 to 63 letters, digits and hyphens and starts and ends with a letter or digit, such as acme.okta.com`,
  );
}

/** Returns true if a host name, as returned by `URL`, is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
