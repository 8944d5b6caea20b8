// Either curve by node:crypto, with S brought to the lower half when signing and demanded there when verifying.

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Curve, CurveArithmetic } from './curves.ts'
import { InvalidKey } from './invalid-key.ts'

/** Order of the group, and the DER around a bare private key (RFC 5915) and a compressed point (RFC 5480). */
type Parameters = { readonly order: bigint; readonly privateSuffix: string; readonly publicPrefix: string }

const PRIVATE_PREFIX = '0201010420'
const PARAMETERS: { readonly [curve in Curve]: Parameters } = {
  k256: {
    order: 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n,
    privateSuffix: 'a00706052b8104000a',
    publicPrefix: '3036301006072a8648ce3d020106052b8104000a032200',
  },
  p256: {
    order: 0xffff_ffff_0000_0000_ffff_ffff_ffff_ffff_bce6_faad_a717_9e84_f3b9_cac2_fc63_2551n,
    privateSuffix: 'a00a06082a8648ce3d030107',
    publicPrefix: '3039301306072a8648ce3d020106082a8648ce3d030107032200',
  },
}
const HALF_BYTES = 32
const COMPACT = 'ieee-p1363'

export function nodeCurve(curve: Curve): CurveArithmetic {
  const { order, privateSuffix, publicPrefix } = PARAMETERS[curve]
  const highestS = order / 2n
  return {
    isPrivateKey: (secret) => toBigInt(secret) > 0n && toBigInt(secret) < order,
    signer(secret) {
      const key = createPrivateKey({ key: sequence(PRIVATE_PREFIX, secret, privateSuffix), format: 'der', type: 'sec1' })
      return {
        publicKey: compress(createPublicKey(key)),
        sign: (message) => lowered(sign('sha256', message, { key, dsaEncoding: COMPACT }), order),
      }
    },
    verifier(point) {
      const key = readPoint(Buffer.concat([Buffer.from(publicPrefix, 'hex'), point]), curve)
      return (message, signature) =>
        toBigInt(signature.subarray(HALF_BYTES)) <= highestS && verify('sha256', message, { key, dsaEncoding: COMPACT }, signature)
    },
  }
}

function sequence(prefix: string, secret: Uint8Array, suffix: string): Buffer {
  const content = Buffer.concat([Buffer.from(prefix, 'hex'), secret, Buffer.from(suffix, 'hex')])
  return Buffer.concat([Buffer.from([0x30, content.length]), content])
}

function readPoint(der: Buffer, curve: Curve): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch {
    throw new InvalidKey(`no point on ${curve}`)
  }
}

function compress(key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: 'jwk' })
  const yBytes = Buffer.from(y ?? '', 'base64url')
  const odd = (yBytes.at(-1) ?? 0) & 1
  return Uint8Array.from([2 + odd, ...Buffer.from(x ?? '', 'base64url')])
}

function lowered(signature: Buffer, order: bigint): Uint8Array {
  const s = toBigInt(signature.subarray(HALF_BYTES))
  if (s > order / 2n) signature.write((order - s).toString(16).padStart(HALF_BYTES * 2, '0'), HALF_BYTES, 'hex')
  return Uint8Array.from(signature)
}

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
