#!/usr/bin/env netshell
// The address under which this machine is seen, read into a variable, and a random joke from a JSON endpoint.
// As it stands it asks a small server of its own, so no network is needed. For the real thing:
//   ./netshell run scripts/public-ip.nsh --real
//   ./netshell run scripts/public-ip.nsh --service https://ifconfig.me/ip --joke https://icanhazdadjoke.com/

const real = param('real', { type: 'boolean', help: 'ask a service on the Internet' })
const service = param('service', { help: 'URL of a service that answers with the address, as text or JSON' })
const joke = param('joke', { help: 'URL of a JSON endpoint with a joke' })
const family = param('family', { choices: ['4', '6'], help: 'a version of IP' })

const jokes = ['There are 10 kinds of people.', 'I would tell a joke about UDP, but you might not get it.']
const own = real || service ? undefined : web.listen(0, {
  'GET /ip': req => req.client.replace(/:\d+$/, ''),
  'GET /joke': () => ({ id: 1, joke: jokes[Math.floor(Math.random() * jokes.length)] }),
}, { log: false })

try {
  const options = {}
  if (family) options.family = Number(family)
  if (service) options.service = service
  else if (own) options.service = `${own.url}ip`

  const ip = publicIp(options)
  print(`this machine is seen as ${ip}`)

  const endpoint = joke ?? (own ? `${own.url}joke` : undefined)
  if (endpoint) {
    const { joke: text } = http.get(endpoint, { headers: { Accept: 'application/json' } }).expectOk().json()
    print(text)
  }
} finally {
  own?.close()
}
