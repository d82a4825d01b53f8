import { HTTPRequest, HTTPResponse } from '../../../src/layers/web/index.js'
import { familySuite } from '../family.js'

familySuite('http', [HTTPRequest, HTTPResponse])
