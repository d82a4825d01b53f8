export { Access, type AccessOptions, checkPasswordWay, type Refusal } from './access.js'
export { type Link, Links } from './links.js'
