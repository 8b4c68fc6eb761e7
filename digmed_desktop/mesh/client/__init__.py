"""MESH through the folders of the MESH client, a service of its own that holds certificate, password and network.

Its only interface is a tree of folders: what goes out lies in ``OUT``, what came lies in ``IN``, and what became of the
first is told by ``SENT``, ``FAILED`` and reports. Only doubles of the client were ever met by this code.
"""
