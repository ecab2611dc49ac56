import { request } from 'node:http';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends what is asked for to the letter, as an attacker would: also `Host` and `Origin`. */
export function send(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Somebody at a browser without scripts: keeps cookies, fills in forms, follows redirects within the site. */
export class Visitor {
  private readonly cookies = new Map<string, string>();
  /** Each `Set-Cookie` that came. */
  readonly setCookies: string[] = [];
  /** The page that is open. */
  page: Answer & { path: string } = { status: 0, headers: {}, body: '', path: '' };

  /** @param headers sent with each request, as a proxy in front would. */
  constructor(
    readonly origin: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  /** The header with all cookies. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The value of one cookie. */
  cookieOf(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  async open(path: string): Promise<string> {
    return this.go(path, {});
  }

  /** Sends the form of the open page that goes to `action`, with its token and these fields. */
  async submit(action: string, fields: Record<string, string> = {}): Promise<string> {
    const form = this.page.body.split('<form').find((each) => each.includes(`action="${action}"`));
    if (form === undefined) throw new Error(`${this.page.path} has no form to ${action}`);
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value] as [string, string],
    );
    return this.post(action, { ...Object.fromEntries(hidden), ...fields });
  }

  async post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<string> {
    return this.go(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: this.origin,
        ...this.headers,
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  }

  private async go(path: string, options: Parameters<typeof send>[1] & object): Promise<string> {
    const headers = { ...this.headers, ...options.headers, ...(this.cookie && { cookie: this.cookie }) };
    const answer = await send(`${this.origin}${path}`, { ...options, headers });
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.setCookie(name, value);
      this.setCookies.push(cookie);
    }
    this.page = { ...answer, path };
    const { location } = answer.headers;
    const isRedirect = answer.status >= 300 && answer.status < 400;
    if (isRedirect && typeof location === 'string' && location.startsWith('/')) return this.go(location, {});
    return answer.body;
  }
}

/** The text of a page as a reader sees it, without its marks. */
export function textOf(html: string): string {
  return html
    .replace(/<(script|style|noscript)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}
