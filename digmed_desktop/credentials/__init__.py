"""Secrets, behind one small protocol: the database key, and MESH's password and shared key."""
