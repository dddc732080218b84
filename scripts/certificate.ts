import { execFileSync } from 'node:child_process'

/** Makes a key and a certificate that is its own authority, for this machine's names: `path`.key and `path`.crt (PEM). */
export function makeCertificate(path: string, subject: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${path}.key`]
  const names = ['-subj', `/CN=${subject}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...key, '-out', `${path}.crt`, '-days', '2', ...names], {
    stdio: 'ignore',
  })
}
