"""The client certificate that opens a MESH mailbox: read from PEM or PFX, checked before it is used.

MESH closes the connection on a bad client certificate without saying why (TLS 1.3), so what can be checked
here is checked here: the key fits, the dates hold.
"""

import contextlib
import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from digmed_desktop.messaging.errors import AccountError

WARN_DAYS = (60, 30, 7)
"""Days before expiry at which people are warned, more urgently each time."""

_DER_SEQUENCE = b"\x30"
_PEM_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_ASK_AGAIN = "Ask the issuer of the certificate for the file again."


@dataclass(frozen=True, slots=True, repr=False)
class ClientCertificate:
    """A client certificate with its private key, in PEM; the key is in clear here, so keep it encrypted.

    ``common_name`` is ``local-id.ods-code.api.mesh-client.nhs.uk`` on a certificate made for MESH.
    """

    chain_pem: bytes
    key_pem: bytes = field(repr=False)
    common_name: str
    not_before: datetime
    not_after: datetime

    def days_left(self, now: datetime) -> int:
        """Return the whole days until it expires; negative once it has."""
        return (self.not_after - now).days

    def fault(self, now: datetime) -> AccountError | None:
        """Return why it cannot be used at ``now``, or None."""
        if now >= self.not_after:
            return AccountError(
                f"The MESH certificate expired on {_day(self.not_after)}.",
                "Apply to NHS England for a new one, then choose it in Settings, Connection.",
            )
        if now < self.not_before:
            return AccountError(
                f"The MESH certificate is not valid before {_day(self.not_before)}.",
                "Check this computer's date. If it is right, ask for another certificate.",
            )
        return None

    def warning(self, now: datetime) -> str:
        """Return a sentence when fewer than 60 days are left, else ``""``; getting a new one takes weeks."""
        left = self.days_left(now)
        if now >= self.not_after or left >= WARN_DAYS[0]:
            return ""
        when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
        haste = "now" if left < WARN_DAYS[2] else "this week" if left < WARN_DAYS[1] else "soon"
        return f"The MESH certificate expires {when}, on {_day(self.not_after)}. Apply for a new one {haste}."

    def load_into(self, context: ssl.SSLContext) -> None:
        """Give the certificate to a TLS context.

        Python's ``ssl`` reads keys from files only, so the key lies on disk for a moment, encrypted with a
        password that is made for that moment and never stored.
        """
        password = secrets.token_urlsafe(32)
        key = load_pem_private_key(self.key_pem, None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode())
        )
        handle, name = tempfile.mkstemp(suffix=".pem")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(key + self.chain_pem)
            context.load_cert_chain(name, name, password)
        finally:
            with contextlib.suppress(OSError):
                Path(name).unlink()


def from_pem(certificate: bytes, key: bytes, password: str = "") -> ClientCertificate:
    """Read a certificate (with any intermediate ones) and its key from PEM. Raises AccountError."""
    if _PEM_CERTIFICATE not in certificate:
        if certificate.startswith(_DER_SEQUENCE):
            raise AccountError(
                "The certificate file is not in PEM form; it looks like a PFX (.pfx, .p12) or DER file.",
                "If it ends in .pfx or .p12, choose PFX. Otherwise ask for the certificate in PEM form.",
            )
        raise AccountError(
            "There is no certificate in this file.", "Choose the file that ends in .crt or .pem."
        )
    if b"PRIVATE KEY-----" not in key:
        raise AccountError(
            "There is no private key in the key file.",
            "Choose the key that was made together with the certificate request; it usually ends in .key.",
        )
    damaged = AccountError("The certificate file is damaged.", _ASK_AGAIN)
    with _one_error(damaged):
        chain = x509.load_pem_x509_certificates(certificate)
        return _matched(_read_key(key, password), chain)


@contextlib.contextmanager
def _one_error(damaged: AccountError) -> Iterator[None]:
    """Turn whatever the reading of a damaged file raises into one error.

    The library reads names, dates and keys only when they are asked for, and raises what its parts raise: ValueError,
    TypeError, OverflowError, its own UnsupportedAlgorithm, InvalidVersion and more.
    """
    try:
        yield
    except AccountError:
        raise
    except Exception:  # noqa: BLE001  (too many to list; nothing else happens inside)
        raise damaged from None


def _read_key(key: bytes, password: str) -> PrivateKeyTypes:
    encrypted = b"ENCRYPTED" in key
    if encrypted and not password:
        raise AccountError("The private key is protected by a password.", "Enter the password of the key.")
    try:
        return load_pem_private_key(key, password.encode() if encrypted else None)
    except ValueError:
        if encrypted:
            raise AccountError(
                "The password of the private key is wrong, or the key file is damaged.",
                "Enter the password again.",
            ) from None
        raise AccountError("The private key file is damaged.", _ASK_AGAIN) from None
    except (TypeError, UnsupportedAlgorithm):
        raise AccountError(
            "The private key is of a kind that MESH does not use.", "Ask for an RSA key."
        ) from None


def from_pfx(data: bytes, password: str = "") -> ClientCertificate:
    """Read a certificate and its key from a PFX (PKCS #12) file. Raises AccountError."""
    if not data.startswith(_DER_SEQUENCE):
        raise AccountError(
            "This is not a PFX file.", "Choose the file that ends in .pfx or .p12, or choose PEM."
        )
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except UnsupportedAlgorithm:
        raise AccountError(
            "The PFX file is protected in a way that is no longer safe.",
            "Export it again from Windows with the encryption AES256-SHA256.",
        ) from None
    except ValueError:
        raise AccountError(
            "The password of the PFX file is wrong, or the file is damaged.", "Enter the password again."
        ) from None
    except Exception:  # noqa: BLE001  (as in _one_error)
        raise AccountError("The PFX file is damaged.", "Export it again.") from None
    if key is None or certificate is None:
        raise AccountError(
            "The PFX file does not contain both a certificate and its private key.",
            "Export it again and choose to include the private key.",
        )
    with _one_error(AccountError("The PFX file is damaged.", "Export it again.")):
        return _matched(key, [certificate, *others])


def is_root(pem: bytes) -> bool:
    """Whether these bytes hold at least one certificate in PEM."""
    try:
        with _one_error(AccountError("This is not a root certificate.", _ASK_AGAIN)):
            return bool(x509.load_pem_x509_certificates(pem))
    except AccountError:
        return False


def _matched(key: PrivateKeyTypes, chain: list[x509.Certificate]) -> ClientCertificate:
    def public(part: PrivateKeyTypes | x509.Certificate) -> bytes:
        return part.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    mine = public(key)
    own = next((one for one in chain if public(one) == mine), None)
    if own is None:
        raise AccountError(
            "The private key does not belong to this certificate.",
            "Choose the key that was made together with the request for this certificate.",
        )
    ordered = [own, *(one for one in chain if one is not own)]
    names = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return ClientCertificate(
        chain_pem=b"".join(one.public_bytes(Encoding.PEM) for one in ordered),
        key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        common_name=str(names[0].value) if names else "",
        not_before=own.not_valid_before_utc,
        not_after=own.not_valid_after_utc,
    )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
