import { BlockList, isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** A list of IP addresses and CIDR blocks. */
export class AddressList {
  private readonly list = new BlockList();

  /**
   * Adds an entry such as `10.0.0.7`, `10.0.0.0/24` or `2001:db8::/32`. @returns false if it is invalid or has length
   * 0.
   */
  add(entry: string): boolean {
    const [address = '', length, ...rest] = entry.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0) return false;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (length === undefined) this.list.addAddress(address, family);
    else if (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= (version === 6 ? 128 : 32))
      this.list.addSubnet(address, Number(length), family);
    else return false;
    return true;
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Returns the remote address of a connection. */
export function addressOf(c: Context): string {
  return withoutMapping(getConnInfo(c).remote.address ?? '');
}

/**
 * Returns the address of the client. If the connection comes from a proxy in `proxies`, it is the last entry of
 * `X-Forwarded-For` that is not in `proxies`. The proxies appended the entries up to it; earlier entries are from the
 * client and are not trusted. The header of any other connection is ignored.
 */
export function clientAddress(c: Context, proxies: AddressList): string {
  const address = addressOf(c);
  if (!proxies.has(address)) return address;
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(hopAddress);
  const client = hops.findLast((hop) => !proxies.has(hop)) ?? '';
  return isIP(client) === 0 ? address : client;
}

/** Parses an entry of `X-Forwarded-For`. Some proxies append the port. */
function hopAddress(hop: string): string {
  const text = hop.trim();
  const [, bare = text] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text)?.filter(Boolean) ?? [];
  return withoutMapping(bare);
}

/** Returns an IPv4 address itself, or the /64 of an IPv6 address, because a single host usually has a whole /64. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [withoutZone = ''] = address.split('%');
  const [head = '', tail = ''] = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [head, tail].map((groups) => groups.split(':').filter(Boolean)) as [
    string[],
    string[],
  ];
  const zeros = new Array<string>(8 - first.length - last.length).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}

/** Converts `::ffff:192.0.2.1`, as Node shows an IPv4 client of an IPv6 socket, to `192.0.2.1`. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '');
}
