"""MESH, the NHS's message exchange, by the NHS's own ``mesh-client``: the transport of ``messaging.ports``.

Every fault of the line becomes one of ``messaging.errors`` here; no room above sees an HTTP status.
"""
