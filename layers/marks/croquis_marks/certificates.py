"""A signing identity of one's own: `python -m croquis_marks.certificates` prints the value of the secret MarksSecret.

The authority's key is thrown away: it signs this one certificate and no other. Readers that do not know the authority
say that the signature is whole and its signer unknown; who wants to be known takes a certificate of a public authority.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from croquis.domain.images.provenance import SigningIdentity

LIVES = timedelta(days=3 * 365)


def new_identity(name: str = "Croquis") -> SigningIdentity:
    """A key and its certificate of an authority made for it, as C2PA asks: P-256, for signing alone."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority, signer = _named(name, "authority"), _named(name, "pictures")
    key_id = x509.SubjectKeyIdentifier.from_public_key
    root = (
        _certificate(authority, authority, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(key_id(authority_key.public_key()), critical=False)
        .sign(authority_key, SHA256())
    )
    leaf = (
        _certificate(signer, authority, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(key_id(key.public_key()), critical=False)
        .sign(authority_key, SHA256())
    )
    return SigningIdentity(
        certificates="".join(it.public_bytes(Encoding.PEM).decode() for it in (leaf, root)),
        private_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )


def _named(organisation: str, common: str) -> x509.Name:
    names = {NameOID.ORGANIZATION_NAME: organisation, NameOID.COMMON_NAME: f"{organisation} {common}"}
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items()])


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LIVES)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


if __name__ == "__main__":
    print(json.dumps(asdict(new_identity())))  # noqa: T201  it is what this command is for
