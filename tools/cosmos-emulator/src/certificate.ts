import { X509Certificate, createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { makeDataFolder } from './storage/make-data-folder.ts'
import { describeStorageError } from './storage/storage-error.ts'

const dayMs = 24 * 3600 * 1000
const validMs = 730 * dayMs
const renewedBeforeEndMs = 30 * dayMs

/** A certificate for this machine, which nobody but itself has signed. */
export interface Certificate {
  /** PEM. */
  certificate: string
  /** PEM, PKCS #8. */
  key: string
  /** Where it is, absolute, for clients to trust; undefined where it is in memory alone. */
  path?: string
  /** Where its key is, absolute, for other servers of this machine. */
  keyPath?: string
}

/**
 * The certificate of a data folder: made with the first start by HTTPS, and anew 30 days before its end. In memory where there is no folder.
 * It is for `localhost`, `127.0.0.1` and `::1`. @throws Error that says what to do where it cannot be kept
 */
export async function openCertificate(folder: string | undefined): Promise<Certificate> {
  if (folder === undefined) return makeCertificate()
  const path = resolve(folder, 'certificate.pem')
  const keyPath = resolve(folder, 'certificate-key.pem')
  const kept = readCertificate(path, keyPath)
  if (kept) return { ...kept, path, keyPath }
  const made = await makeCertificate()
  try {
    makeDataFolder(folder)
    replaceFile(keyPath, made.key, 0o600)
    replaceFile(path, made.certificate, 0o644)
  } catch (error) {
    throw new Error(`The certificate ${path} cannot be used: ${describeStorageError(error)}`, {
      cause: error,
    })
  }
  return { ...made, path, keyPath }
}

/** What the files hold; undefined where they are missing, broken, not of each other, or near their end. */
function readCertificate(path: string, keyPath: string): Certificate | undefined {
  if (!existsSync(path) || !existsSync(keyPath)) return undefined
  const certificate = readFileSync(path, 'utf8')
  const key = readFileSync(keyPath, 'utf8')
  try {
    const parsed = new X509Certificate(certificate)
    const isFresh = Date.parse(parsed.validTo) - Date.now() > renewedBeforeEndMs
    return isFresh && parsed.checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined
  } catch {
    return undefined
  }
}

async function makeCertificate(): Promise<Certificate> {
  // Only who serves by HTTPS waits for the library.
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + validMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { certificate: made.cert, key: made.private }
}

/** A kill leaves the old file or the new one, never half of one. */
function replaceFile(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}
