/** What an upload is told, and what it gives. */
import type { Limiter } from '../limiter.js'
import type { Transfer } from '../resource.js'
import type { PartialUploads } from './partial-uploads.js'

/** Of `receiveUpload` and `resumeUpload`. */
export interface UploadOptions {
  /** Bytes of one file, and of all files of one request. */
  limit: number
  /** All uploads of the server: those that run, and those that wait to be resumed. One for each server, closed with it. */
  uploads: PartialUploads
  /**
   * A file begins to come: gives what its progress is written to; `done`, `ended` and `outcome` are set here.
   * @param name as it is to be called, made safe; it may get a number when it is taken
   * @param total bytes; undefined: not known
   * @param place path of the folder's URL: `/sub/`
   */
  transfer(name: string, total: number | undefined, place: string): Transfer
  /** Whether what comes can be had below the URL that it was brought to. Default true; else nobody is told a URL of it. */
  hasUrls?: boolean
  /** The client waits for `100 Continue`, and the server has not sent it (event `checkContinue` of node:http). Default: it has, or none is waited for. */
  expectsContinue?: boolean
  /** Seconds in which nothing comes until the client is given up. Default 60. */
  patience?: number
  /** The rate that all transfers share. Default: there is none. */
  limiter?: Limiter
}

/** A file that has come whole and has its name. */
export interface ReceivedFile {
  /** As it is called now: `a (2).txt`. */
  readonly name: string
  /** As the client called it, made safe: `a.txt`. */
  readonly asked: string
  /** Absolute. */
  readonly path: string
  readonly bytes: number
  readonly transfer: Transfer
}

/** What became of a request that brings something. It has been answered. */
export interface Received {
  /** Of the answer; 0: there was none, the client has left. */
  readonly status: number
  /** Files that are there now. None for a part of an upload that goes on later. */
  readonly files: readonly ReceivedFile[]
  /** Bytes of files that came with this request. */
  readonly bytes: number
  /** What was wrong, as it was told to the client. */
  readonly refused: string | undefined
  /** A failure that nobody foresaw; the client was told of none of it but 500. */
  readonly failure: unknown
}
