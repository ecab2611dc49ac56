import { request } from 'node:http';

/** Hooks to send. */
export interface Hooks {
  url: string;
  secret: string;
  count: number;
  atOnce: boolean;
}

const BODY = '{"data":{"events":[]}}';

/** Sends hooks as Okta does, each on a connection of its own. @returns how long each answer took, milliseconds. */
async function send({ url, secret, count, atOnce }: Hooks): Promise<number[]> {
  const headers = { authorization: secret, 'content-length': BODY.length };
  const answerMs = (): Promise<number> => {
    const sinceMs = performance.now();
    return new Promise((resolve, reject) => {
      request(url, { method: 'POST', headers, agent: false }, (answer) => {
        answer.resume();
        if (answer.statusCode === 204) resolve(performance.now() - sinceMs);
        else reject(new Error(`A hook was answered with ${answer.statusCode}`));
      })
        .on('error', reject)
        .end(BODY);
    });
  };
  if (atOnce) return Promise.all(Array.from({ length: count }, answerMs));
  const figures: number[] = [];
  while (figures.length < count) figures.push(await answerMs());
  return figures;
}

process.on('message', (hooks: Hooks) => {
  send(hooks).then(
    (figures) => process.send?.(figures),
    (error: Error) => process.send?.(error.message),
  );
});
