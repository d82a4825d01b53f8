/** The known packets that were taken from captures with `test/vectors/take.ts`, and compared with what tshark says of them. */
import { madeSuite } from './made.js'

madeSuite('captured')
