"""Protects an Initial packet of QUIC version 1, as a client sends it. RFC 9001 §5."""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT = bytes.fromhex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')


def expand(secret, label, length):
    """HKDF-Expand-Label of RFC 8446 §7.1, for what fits into one hash."""
    whole = b'tls13 ' + label
    info = struct.pack('!HB', length, len(whole)) + whole + b'\0'
    return hmac.new(secret, info + b'\1', hashlib.sha256).digest()[:length]


def varint(number):
    """A number of RFC 9000 §16, of one, two or four bytes."""
    if number < 1 << 6:
        return bytes([number])
    return struct.pack('!H', 0x4000 | number) if number < 1 << 14 else struct.pack('!I', 0x80000000 | number)


def initial(destination, source, number, frames, size=1162):
    """A packet with these frames, filled up with PADDING; its number takes two bytes."""
    secret = expand(hmac.new(SALT, destination, hashlib.sha256).digest(), b'client in', 32)
    key, vector, mask_key = (
        expand(secret, b'quic key', 16),
        expand(secret, b'quic iv', 12),
        expand(secret, b'quic hp', 16),
    )
    payload = frames.ljust(size, b'\0')
    header = (
        b'\xc1\0\0\0\1'
        + bytes([len(destination)])
        + destination
        + bytes([len(source)])
        + source
        + b'\0'
        + varint(2 + len(payload) + 16)
    )
    header += struct.pack('!H', number)
    nonce = bytes(a ^ b for a, b in zip(vector, number.to_bytes(12, 'big')))
    sealed = AESGCM(key).encrypt(nonce, payload, header)
    encryptor = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor()
    mask = encryptor.update(sealed[2:18])
    at = len(header) - 2
    return (
        bytes([header[0] ^ mask[0] & 15])
        + header[1:at]
        + bytes([header[at] ^ mask[1], header[at + 1] ^ mask[2]])
        + sealed
    )
