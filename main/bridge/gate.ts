/**
 * @file Who may open a socket. `Host` against DNS rebinding: a page of evil.example that resolves to 127.0.0.1 still says
 * `Host: evil.example`. `Origin` because any page of the browser reaches this port.
 */
export interface Handshake {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Path and query of the request line. */
  readonly target: string | undefined;
}

export type Admission =
  | { readonly isAdmitted: true; readonly origin: string; readonly operation: string }
  | { readonly isAdmitted: false; readonly status: 400 | 403 | 421 };

/** @param allowedOrigins the administrator's list; when it is empty, every https page may knock and a person decides */
export function admit({ host, origin, target }: Handshake, port: number, allowedOrigins: readonly string[]): Admission {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}` && host !== `[::1]:${port}`)
    return { isAdmitted: false, status: 421 };
  if (origin === undefined || !isWebOrigin(origin)) return { isAdmitted: false, status: 403 };
  if (allowedOrigins.length > 0 ? !allowedOrigins.includes(origin) : !origin.startsWith('https://'))
    return { isAdmitted: false, status: 403 }; // a page without TLS speaks for whoever sits on its line
  const operation = /^\/([A-Za-z0-9]{1,40})\/?(?:\?.*)?$/.exec(target ?? '')?.[1];
  return operation === undefined ? { isAdmitted: false, status: 400 } : { isAdmitted: true, origin, operation };
}

/** Exactly what a browser sends for a page with an address: not `null`, no path, no user, no odd scheme. */
function isWebOrigin(origin: string): boolean {
  if (origin.length > 300 || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === origin;
}
