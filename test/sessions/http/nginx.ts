/** nginx, in the foreground, on a free port of loopback: ranges, ETags, and files that are put there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Child, run, start } from '../../lab/process.js'

/** A running one. */
export interface Nginx {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly origin: string
  /** The folder that it serves; what is put goes there, too. `/slow/…` has the same, with 2 MB a second. */
  readonly root: string
  readonly log: string
  close(): Promise<void>
}

/** Starts it; stop it with `close`. */
export async function startNginx(): Promise<Nginx> {
  const folder = mkdtempSync(path.join(tmpdir(), 'netshell-nginx-'))
  const root = path.join(folder, 'root')
  const log = path.join(folder, 'access')
  mkdirSync(root)
  let child: Child | undefined
  const close = async (): Promise<void> => {
    await child?.stop('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const port = await freePort()
    const conf = path.join(folder, 'conf')
    writeFileSync(
      conf,
      `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error; user root;
      events { worker_connections 64; }
      http {
        log_format short '$request_method $uri $status $http_range $request_length'; access_log ${log} short;
        client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
        uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e; client_max_body_size 4g; etag on;
        default_type application/octet-stream;
        server {
          listen 127.0.0.1:${port};
          location / { root ${root}; dav_methods PUT; create_full_put_path on; }
          location /slow/ { alias ${root}/; limit_rate 2m; }
          location /small/ { client_max_body_size 1k; root ${root}; dav_methods PUT; }
          location = /moved { return 302 /file.bin; }
          location = /login { return 401; }
        }
      }`,
    )
    child = start(['nginx', '-e', `${folder}/error`, '-c', conf])
    const origin = `http://127.0.0.1:${port}`
    for (let tries = 0; (await run(['curl', '-sS', '-o', '/dev/null', `${origin}/`])).status !== 0; tries++) {
      if (tries > 50 || !child.running) throw new Error(`nginx does not answer: ${child.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return { origin, root, log, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** nginx does not take port 0. */
async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
