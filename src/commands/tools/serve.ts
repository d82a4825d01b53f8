import type { FileServer, ServeOptions } from '../../sessions/serve/index.js'
import type { ToolCommand } from '../tool-command.js'

/** One description for `serve()` at the prompt and `netshell serve`; `load` gives what the command line runs. */
export const serveCommand: ToolCommand<FileServer> = {
  name: 'serve',
  summary: 'Serves files over HTTP to browsers, curl, wget and telephones: one or several, a folder, standard input.',
  usage: 'serve(what, {port, count, timeout, archive, upload, password, tls, openOnce, limit})',
  positionals: [
    {
      name: 'what',
      type: 'string | list | object',
      summary:
        "name of a file or a folder, several in a list, '-' for standard input, or {name, data} with a text or bytes of your own",
      values: 'file',
    },
  ],
  returns: 'a FileServer: a session, which serves until it is closed, or until count, timeout or expires are over',
  errors: [
    'OptionError for an option that makes no sense, or a password without TLS',
    'SessionError when there is no such file, or the port cannot be had',
  ],
  source: 'RFC 9110, RFC 9112, RFC 7617, RFC 6266',
  see: ['FileServer', 'sessions', 'web'],
  example:
    "const server = serve({name: 'a.txt', data: 'Hello'}, {host: '127.0.0.1', port: 0, qr: false}); (await fetch(server.url)).text(); server.close()",
  examples: [
    "const server = serve('/etc/hostname', {host: '127.0.0.1', port: 0, qr: false}); server.urls; server.close()",
    { code: "server = serve('photos', {archive: 'zip', count: 2})", needs: 'network' },
    { code: "server = serve('report.pdf', {openOnce: true, tls: true})", needs: 'network' },
    { code: "server = serve('inbox', {upload: true, password: true, tls: true})", needs: 'network' },
  ],
  arguments: '[path...]',
  commandLineExample: 'netshell serve notes.txt --count 1',
  parameters: [
    {
      name: 'port',
      type: 'number',
      summary: 'port to listen on; 0 takes a free one',
      default: '8000, or the next free one up to 8099',
      flag: '-p, --port <number>',
    },
    {
      name: 'host',
      type: 'string',
      summary: "address to listen on; '127.0.0.1': this machine only",
      flagSummary: 'address to listen on; 127.0.0.1: this machine only (unset: all addresses)',
      default: "'*': all addresses",
      flag: '--host <address>',
    },
    {
      name: 'count',
      type: 'number',
      summary: 'end after so many complete downloads; 0: go on',
      default: '0',
      flag: '-c, --count <number>',
    },
    {
      name: 'timeout',
      type: 'number',
      summary: 'end after so many seconds without a request',
      default: 'never',
      flag: '-W, --timeout <seconds>',
    },
    {
      name: 'archive',
      type: 'string',
      summary: "a folder is sent packed, as 'tar', 'tar.gz', 'tar.bz2', 'tar.zst' or 'zip'",
      flagSummary: 'a folder is sent packed in this format (unset: a page lists what is in it)',
      default: 'a page lists what is in it',
      choices: ['tar', 'tar.gz', 'tar.bz2', 'tar.zst', 'zip'],
      flag: '-a, --archive <format>',
    },
    { name: 'hidden', type: 'boolean', summary: 'hidden files, too: those that begin with a dot', default: 'false' },
    {
      name: 'upload',
      type: 'boolean | string',
      summary: 'clients may upload: true into the folder that is served, a name into that folder',
      default: 'false',
      flagSummary: 'clients may upload into the folder that is served',
      flag: '-u, --upload',
    },
    {
      name: 'uploadLimit',
      type: 'number | string',
      summary: "bytes of one upload, as 500000 or '2 GB'",
      flagSummary: 'size of one upload at most, as 500MB (unset: 10 GB)',
      default: "'10 GB'",
      flag: '--upload-limit <size>',
    },
    {
      name: 'password',
      type: 'string | boolean',
      summary: 'password that is asked for; true: one is made, and shown',
      flagSummary: 'password that is asked for; - asks you for it now (unset: $NETSHELL_SERVE_PASSWORD, or none)',
      default: 'none',
      flag: '--password <text>',
    },
    {
      name: 'user',
      type: 'string',
      summary: 'user that belongs to the password',
      default: 'any',
      flag: '--user <name>',
    },
    {
      name: 'insecurePassword',
      type: 'boolean',
      summary: 'send the password without TLS, readable by everyone between',
      default: 'false',
    },
    {
      name: 'tls',
      type: 'boolean | object',
      summary: 'HTTPS: true makes a certificate on the spot; {cert, key} are PEM or files',
      flagSummary: 'HTTPS, with a certificate that is made on the spot',
      default: 'false',
      flag: '--tls',
    },
    {
      name: 'openOnce',
      type: 'boolean',
      summary: 'a secret link that is good for one complete download; then it ends',
      default: 'false',
    },
    {
      name: 'expires',
      type: 'number',
      summary: 'end after so many seconds',
      flagSummary: 'end after so many seconds (unset: never, with --open-once 3600)',
      default: 'never; with openOnce 3600',
      flag: '--expires <seconds>',
    },
    {
      name: 'limit',
      type: 'number | string',
      summary: "bytes a second of all downloads together, as 500000 or '1 MB'",
      flagSummary: 'speed of all downloads together, a second, as 1MB (unset: as fast as it goes)',
      default: 'as fast as it goes',
      flag: '--limit <size>',
    },
    {
      name: 'qr',
      type: 'boolean',
      summary: 'show the address as a QR code, too',
      default: 'at a terminal',
      flag: null,
    },
    {
      name: 'log',
      type: 'boolean | string',
      summary: 'log of requests: true prints a line for each, a name adds them to that file (common log format)',
      flagSummary: 'add a line for each request to this file (common log format); - prints them',
      default: 'false: downloads and uploads alone are told',
      flag: '--log <file>',
    },
    {
      name: 'name',
      type: 'string',
      summary: 'what it is called for clients',
      default: 'as the file',
      flag: '--name <name>',
    },
    {
      name: 'self',
      type: 'boolean',
      summary: 'serve this netshell, as a package that npm installs',
      default: 'false',
    },
    {
      name: 'history',
      type: 'number',
      summary: 'transfers that are kept when they are over',
      default: '1000',
      flag: null,
    },
  ],
  flags: [
    { name: 'uploadTo', type: 'string', summary: 'clients may upload, into this folder', flag: '--upload-to <folder>' },
    { name: 'makePassword', type: 'boolean', summary: 'ask for a password that is made and shown now' },
    { name: 'cert', type: 'string', summary: 'HTTPS with this certificate (PEM)', flag: '--cert <file>' },
    { name: 'key', type: 'string', summary: 'its key (PEM)', flag: '--key <file>' },
    { name: 'qr', type: 'boolean', summary: 'no QR code of the address', flag: '--no-qr' },
  ],
  // Ctrl-C is how it usually ends.
  endless: true,
  load: async () => (await import('../serve-command.js')).runServe,
  fromCommandLine: (paths, given) => [paths.length > 1 ? paths : paths[0], optionsOf(given)],
}

/** What `netshell serve` takes, as `serve()` takes it. */
function optionsOf({ uploadTo, makePassword, cert, key, log, qr, ...options }: Record<string, unknown>): ServeOptions {
  return {
    ...options,
    ...(uploadTo === undefined ? {} : { upload: uploadTo as string }),
    ...(makePassword === true ? { password: true } : {}),
    ...(cert === undefined && key === undefined ? {} : { tls: { cert, key } as { cert: string; key: string } }),
    ...(log === undefined ? {} : { log: log === '-' ? true : (log as string) }),
    // Commander has it as true where nothing was said.
    ...(qr === false ? { qr } : {}),
  }
}
