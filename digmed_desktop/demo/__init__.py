"""Practice mode: a MESH of its own on this computer, with fictional practices that answer as GP systems do.

Nothing here can reach a real MESH: the account it gives out accepts an address of this computer and no other.
"""
