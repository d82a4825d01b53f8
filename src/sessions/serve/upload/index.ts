/** Uploads to a folder. Nothing is ever overwritten; what comes has a temporary name until it is whole. */
export { receiveUpload, resumeUpload } from './receive.js'
export { PartialUploads, UPLOADS_PATH } from './partial-uploads.js'
export { isTemporaryName } from './incoming-file.js'
export { uploadForm, uploadScript, UPLOAD_SCRIPT_PATH, UPLOAD_POLICY } from './upload-form.js'
export type { Received, ReceivedFile, UploadOptions } from './upload-options.js'
