/** Stores texts as `a.txt` in a folder, as uploads are, and prints the names that they got. A program of its own, so that system calls of it can fail. */
import { IncomingFile } from '../../../src/sessions/serve/upload/incoming-file.js'

const [folder, ...texts] = process.argv.slice(2)
const names: string[] = []
for (const text of texts) {
  const file = await IncomingFile.begin(folder!)
  await file.write(Buffer.from(text))
  names.push(await file.finish('a.txt'))
}
console.log(JSON.stringify(names))
