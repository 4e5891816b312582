"""Keys of signatures: ours, that sign, and a partner's, by which its answers are believed. The only module that knows cryptography."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from adapters.soap.client.names import ECDSA_SHA256, RSA_SHA256, RSA_SHA384, RSA_SHA512

#: Bytes of a number in an ECDSA signature; the curve is P-256.
_NUMBER = 32
_HASHES: Mapping[str, hashes.HashAlgorithm] = MappingProxyType(
    {
        RSA_SHA256: hashes.SHA256(),
        RSA_SHA384: hashes.SHA384(),
        RSA_SHA512: hashes.SHA512(),
        ECDSA_SHA256: hashes.SHA256(),
    }
)


class SigningKey:
    """Our key: RSA, or on the curve P-256. Raises ValueError for any other."""

    def __init__(self, pem: bytes) -> None:
        try:
            key = serialization.load_pem_private_key(pem, None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("the key is no unencrypted PEM") from error
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError("the key is neither RSA nor on a curve")  # noqa: TRY004 - a value of the operator's
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name != "secp256r1":
            raise ValueError("the key is on another curve than P-256")
        self._key = key

    @property
    def method(self) -> str:
        """The name of the signature's method."""
        return RSA_SHA256 if isinstance(self._key, rsa.RSAPrivateKey) else ECDSA_SHA256

    def sign(self, data: bytes) -> bytes:
        """The signature over these bytes, as XML signatures have it."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return bytes(self._key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        numbers = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(_NUMBER) for number in numbers)


def is_signed(certificate: bytes, method: str, signature: bytes, data: bytes) -> bool:
    """Whether this signature over these bytes was made with the key of this certificate (DER)."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        algorithm = _HASHES[method]
        if isinstance(key, rsa.RSAPublicKey) and method != ECDSA_SHA256:
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and method == ECDSA_SHA256 and len(signature) == 2 * _NUMBER:
            numbers = (int.from_bytes(signature[:_NUMBER]), int.from_bytes(signature[_NUMBER:]))
            key.verify(encode_dss_signature(*numbers), data, ec.ECDSA(algorithm))
            return True
    except (ValueError, KeyError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return False
