/** The known packets that were laid out by hand and read by another program: `/usr/bin/python3 test/vectors/made` writes their files. */
import { madeSuite } from './made.js'

madeSuite('laid')
