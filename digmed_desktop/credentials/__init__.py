"""Secrets: where they are kept, the database key, and people's PINs.

MESH's password and shared key are kept behind the same small protocol,
:class:`~digmed_desktop.credentials.vault.Vault`.
"""
