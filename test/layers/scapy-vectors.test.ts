/** The known packets that Scapy builds: `/usr/bin/python3 test/vectors/made` writes their files. */
import { madeSuite } from './made.js'

madeSuite('scapy')
