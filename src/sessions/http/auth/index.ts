/** Who asks: the functions of `http.auth`, and `http.jwt`. */
export { basic, BasicAuth } from './basic.js'
export { bearer, BearerAuth } from './bearer.js'
export { digest, DigestAuth } from './digest.js'
export { HttpAuth } from './http-auth.js'
export type { AuthOption } from './auth-option.js'
export { Credentials, type CredentialsOption } from './credentials.js'
export { Jwt, jwt } from './jwt.js'
export type { JwtKey } from './jwt-signature.js'
