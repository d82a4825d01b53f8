/** The form for uploads in the page of a folder. It works as it is; its script adds drag and drop, progress, and going on after a broken connection. */
import { byteCount } from '../../face/session.js'
import { runForm } from './page/run-form.js'
import { sendFile } from './page/send-file.js'

/** Where the script is. */
export const UPLOAD_SCRIPT_PATH = '/.netshell/upload.js'
/** What a page with the form needs of its Content-Security-Policy: directives for `pagePolicy(…)`. */
export const UPLOAD_POLICY = ["script-src 'self'", "connect-src 'self'"] as const

/**
 * HTML for the page of a folder that takes uploads.
 * @param options.limit bytes of one file
 */
export function uploadForm({ limit }: { limit: number }): string {
  return `<section class="upload" aria-labelledby="upload">
<h2 id="upload">Upload files</h2>
<form method="post" action="./" enctype="multipart/form-data" data-limit="${limit}">
<label for="files">Files</label>
<input id="files" type="file" name="file" multiple required>
<button>Upload</button>
</form>
<p class="drop" hidden>Or drop files anywhere on this page.</p>
<p>${byteCount(limit)} at most. A file that is here already stays: the new one gets a number.</p>
<ul class="sending"></ul>
<p role="status" aria-live="polite"></p>
<p class="reload" hidden><a href="">Show the new files in the list</a></p>
</section>
<script src="${UPLOAD_SCRIPT_PATH}" defer></script>`
}

/** The script, text/javascript. The functions are sent as the text that they have when netshell runs. */
export function uploadScript(): string {
  return `(${runForm})(window, (${sendFile})(window))\n`
}
