/** Opens a web server on a port that only root may have; prints what becomes of it. */
import { web } from '../../../src/sessions/web/index.js'

web.listen(80, {}, { host: '0.0.0.0' }).then(
  () => {
    console.log('open')
    process.exit()
  },
  (error: unknown) => console.log((error as Error).message),
)
